using System.Buffers.Binary;
using System.Diagnostics;
using Xunit;

namespace Aphorist.Interop.Tests;

/// <summary>Damages a file at random, thousands of times: what reads it must end in the one exception or in a result, without asking for much memory.</summary>
internal static class DamagedFiles
{
    /// <summary>How often a file is damaged.</summary>
    public const int Rounds = 10_000;

    private const int Seed = 20261124;

    // What reading may allocate in all: so many times the file's length, and so much more.
    private const long MostOfFile = 4, SparedForSmallFiles = 64 << 20;

    /// <summary>Reads damaged files and checks what that takes.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="read">Reads it; any exception but <see cref="ModelFileException"/> fails the test.</param>
    /// <param name="end">Only places before it are damaged; the file's length by default.</param>
    /// <returns>How many were refused.</returns>
    public static int Read(byte[] file, Action<Stream> read, int? end = null)
    {
        Random random = new(Seed);
        (int refused, long mostBytes, double longest) = (0, 0, 0);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Damage(file, random, round, end ?? file.Length);
            (long before, long started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            if (IsRefused(damaged, read)) refused++;
            mostBytes = Math.Max(mostBytes, GC.GetAllocatedBytesForCurrentThread() - before);
            longest = Math.Max(longest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {Seed}, {Rounds} rounds of {file.Length:N0} bytes: {refused} refused, {mostBytes:N0} bytes allocated and {longest:F0} ms at most");
        Assert.InRange(mostBytes, 1, MostOfFile * file.Length + SparedForSmallFiles);
        return refused;
    }

    /// <summary>Whether reading ends in the one exception, whose message is one sentence.</summary>
    public static bool IsRefused(byte[] file, Action<Stream> read)
    {
        try
        {
            read(new MemoryStream(file));
            return false;
        }
        catch (ModelFileException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
            return true;
        }
    }

    /// <summary>A bit, a byte, a number of 4 or 8 bytes, a place copied to another, or several bits.</summary>
    private static byte[] Damage(byte[] file, Random random, int round, int end)
    {
        byte[] damaged = [.. file];
        int place = random.Next(end - 8);
        switch (round % 6)
        {
            case 0: damaged[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: damaged[place] = (byte)random.Next(256); break;
            case 2: BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(place), random.Next(2) == 0 ? int.MaxValue : -1); break;
            case 3: BinaryPrimitives.WriteInt64LittleEndian(damaged.AsSpan(place / 8 * 8), random.NextInt64(file.Length)); break;
            case 4: file.AsSpan(random.Next(file.Length - 8), 8).CopyTo(damaged.AsSpan(place)); break;
            default:
                for (int bit = 0; bit < 20; bit++) damaged[random.Next(end)] ^= (byte)(1 << random.Next(8));
                break;
        }

        return damaged;
    }
}
