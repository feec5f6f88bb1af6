using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Damages safetensors files at random, and measures what reading them costs.</summary>
internal static class SafetensorsDamage
{
    /// <summary>How many damaged files a reader is shown.</summary>
    public const int Rounds = 10_000;

    private const int Kinds = 10;
    private const long SparedForSmallFiles = 64L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly string[] Words =
        ["F64", "F16", "BF16", "U8", "F4", "I64", "[]", "[0]", "-1", "1e9", "9223372036854775807", "18446744073709551615", "4294967296", "null", "{}", "\"\"", "weight", "bias", "_l1", "_l9", "_reverse", "\\u0000"];

    /// <summary>A damaged copy: bits, bytes, numbers, a piece of the header left out, doubled or exchanged, whole words put in, a part of the file missing.</summary>
    /// <param name="file">A whole safetensors file.</param>
    /// <param name="random">Where the damage comes from.</param>
    /// <param name="round">The kinds take turns by this number.</param>
    public static byte[] Of(byte[] file, Random random, int round)
    {
        int headerEnd = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        // Half of the damage goes into the header, which makes all claims, however short it is.
        int place = random.Next(random.Next(2) == 0 ? headerEnd : file.Length - sizeof(long));
        byte[] damaged = [.. file];
        switch (round % Kinds)
        {
            case 0: damaged[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: damaged[place] = (byte)random.Next(256); break;
            case 2: BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(place), random.Next(2) == 0 ? int.MaxValue : -1); break;
            case 3: BinaryPrimitives.WriteInt64LittleEndian(damaged, random.NextInt64(2L * file.Length)); break;
            case 4: file.AsSpan(random.Next(file.Length - sizeof(long)), sizeof(long)).CopyTo(damaged.AsSpan(place)); break;
            case 5:
                for (int bit = 0; bit < 20; bit++) damaged[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 6: return file[..random.Next(file.Length)];
            case 7: return [.. file, .. new byte[random.Next(1, 100)]];
            case 8: return WithHeader(file, Edited(file[sizeof(long)..headerEnd], random));
            default: return WithHeader(file, WithOtherNumber(Encoding.Latin1.GetString(file[sizeof(long)..headerEnd]), random));
        }

        return damaged;
    }

    /// <summary>Reads a file and fails the test if that takes more memory than four times the file and 64 MiB. It tells if it takes more than a second, which is for people to judge: a busy machine may stop any program.</summary>
    /// <returns>What reading returned.</returns>
    public static bool Measure(byte[] file, Func<byte[], bool> reads)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch clock = Stopwatch.StartNew();
        bool result = reads(file);
        TimeSpan elapsed = clock.Elapsed;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * file.Length + SparedForSmallFiles);
        if (elapsed > Longest) TestContext.Current.TestOutputHelper!.WriteLine($"A file of {file.Length:N0} bytes took {elapsed.TotalSeconds:F1} s.");
        return result;
    }

    /// <summary>The file with another header, whose length is told truly.</summary>
    public static byte[] WithHeader(byte[] file, byte[] header)
    {
        int headerEnd = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        byte[] length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. file[headerEnd..]];
    }

    private static byte[] Edited(byte[] header, Random random)
    {
        int place = random.Next(header.Length), length = random.Next(1, Math.Min(40, header.Length - place + 1));
        return random.Next(3) switch
        {
            0 => [.. header[..place], .. header[(place + length)..]],
            1 => [.. header[..(place + length)], .. header[place..]],
            _ => [.. header[..place], .. Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]), .. header[(place + length)..]],
        };
    }

    /// <summary>One of the header's numbers is another: of these lengths, shapes and places are made.</summary>
    private static byte[] WithOtherNumber(string header, Random random)
    {
        int place = random.Next(header.Length);
        while (!char.IsAsciiDigit(header[place])) place = (place + 1) % header.Length;
        int end = place;
        while (end < header.Length && char.IsAsciiDigit(header[end])) end++;
        string number = random.Next(3) switch { 0 => "0", 1 => random.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture), _ => header[place..end] + "0000000" };
        return Encoding.Latin1.GetBytes(header[..place] + number + header[end..]);
    }
}
