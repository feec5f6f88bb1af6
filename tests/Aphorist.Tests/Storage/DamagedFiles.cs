using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>
/// Damages files at random, thousands of times. Reading each must end in <see cref="ModelFileException"/> or in a result, and allocate
/// little memory.
/// </summary>
internal static class DamagedFiles
{
    /// <summary>The number of damaged files that a reader of some other program's format is shown.</summary>
    public const int Rounds = 10_000;

    private const int Seed = 20261124;
    private const int ByteKinds = 6, SafetensorsKinds = 10;

    // What reading may allocate in all: this many times the length of the file, and this much more.
    private const long BytesPerByte = 4, BytesForSmallFiles = 64L << 20;

    private static readonly string[] Words =
    [
        "F64", "F16", "BF16", "U8", "F4", "I64", "[]", "[0]", "-1", "1e9", "9223372036854775807", "18446744073709551615", "4294967296",
        "null", "{}", "\"\"", "weight", "bias", "_l1", "_l9", "_reverse", "\\u0000",
    ];

    /// <summary>Damages the bytes of any file, and counts how often reading was refused.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="read">Reads it. Any exception but <see cref="ModelFileException"/> fails the test.</param>
    /// <param name="end">Only bytes before this position are damaged; the length of the file by default.</param>
    public static int CountRefused(byte[] file, Action<Stream> read, int? end = null) =>
        CountRefused(
            file, Rounds, (random, round) => WithDamagedBytes(file, random, round, end ?? file.Length),
            damaged => !IsRefused(damaged, read));

    /// <summary>Damages a safetensors file, above all its header, and counts how often reading was refused.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="rounds">The number of damaged files.</param>
    /// <param name="reads">Reads a file; false if it was refused.</param>
    public static int CountRefusedSafetensors(byte[] file, int rounds, Func<byte[], bool> reads) =>
        CountRefused(file, rounds, (random, round) => DamagedSafetensors(file, random, round), reads);

    /// <summary>Whether reading ends in <see cref="ModelFileException"/>, whose message is one sentence.</summary>
    public static bool IsRefused(byte[] file, Action<Stream> read)
    {
        try
        {
            read(new MemoryStream(file));
            return false;
        }
        catch (ModelFileException exception)
        {
            AssertIsSentence(exception.Message);
            return true;
        }
    }

    /// <summary>Checks that a message is one sentence without control characters.</summary>
    public static void AssertIsSentence(string message)
    {
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }

    /// <summary>Reads a file, and fails the test if that allocates too much.</summary>
    public static bool Measure(byte[] file, Func<byte[], bool> reads)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool result = reads(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, BytesPerByte * file.Length + BytesForSmallFiles);
        return result;
    }

    private static int CountRefused(byte[] file, int rounds, Func<Random, int, byte[]> damage, Func<byte[], bool> reads)
    {
        Random random = new(Seed);
        (int refused, double longest) = (0, 0);
        for (int round = 0; round < rounds; round++)
        {
            byte[] damaged = damage(random, round);
            long started = Stopwatch.GetTimestamp();
            if (!Measure(damaged, reads)) refused++;
            longest = Math.Max(longest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        // Time is only reported: a busy machine may stop any program.
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {Seed}, {rounds} rounds of {file.Length:N0} bytes: {refused} refused, {longest:F0} ms at most");
        return refused;
    }

    private static byte[] WithDamagedBytes(byte[] file, Random random, int round, int end)
    {
        byte[] damaged = [.. file];
        int place = random.Next(end - sizeof(long));
        DamageBytes(file, damaged, random, round % ByteKinds, place, end);
        return damaged;
    }

    /// <summary>A bit, a byte, a number of 4 or 8 bytes, 8 bytes copied from elsewhere, or 20 bits.</summary>
    private static void DamageBytes(byte[] file, byte[] damaged, Random random, int kind, int place, int end)
    {
        switch (kind)
        {
            case 0: damaged[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: damaged[place] = (byte)random.Next(256); break;
            case 2: BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(place), random.Next(2) == 0 ? int.MaxValue : -1); break;
            case 3: BinaryPrimitives.WriteInt64LittleEndian(damaged.AsSpan(place / 8 * 8), random.NextInt64(2L * file.Length)); break;
            case 4: file.AsSpan(random.Next(file.Length - sizeof(long)), sizeof(long)).CopyTo(damaged.AsSpan(place)); break;
            default:
                for (int bit = 0; bit < 20; bit++) damaged[random.Next(end)] ^= (byte)(1 << random.Next(8));
                break;
        }
    }

    /// <summary>Damaged bytes, another length of the header, a file cut off or with bytes added, and a header with parts changed.</summary>
    private static byte[] DamagedSafetensors(byte[] file, Random random, int round)
    {
        int headerEnd = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        int kind = round % SafetensorsKinds;
        if (kind == 6) return file[..random.Next(file.Length)];
        if (kind == 7) return [.. file, .. new byte[random.Next(1, 100)]];
        if (kind == 8) return WithHeader(file, Edited(file[sizeof(long)..headerEnd], random));
        if (kind == 9) return WithHeader(file, WithOtherNumber(Encoding.Latin1.GetString(file[sizeof(long)..headerEnd]), random));
        byte[] damaged = [.. file];
        // Half of the damage goes into the header, which makes all claims, however short it is. The number of 8 bytes is its length.
        int place = kind == 3 ? 0 : random.Next(random.Next(2) == 0 ? headerEnd : file.Length - sizeof(long));
        DamageBytes(file, damaged, random, kind, place, file.Length);
        return damaged;
    }

    /// <summary>The file with another header, and its length.</summary>
    private static byte[] WithHeader(byte[] file, byte[] header)
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

    /// <summary>One of the numbers of the header is another: lengths, shapes and positions are made of them.</summary>
    private static byte[] WithOtherNumber(string header, Random random)
    {
        int place = random.Next(header.Length);
        while (!char.IsAsciiDigit(header[place])) place = (place + 1) % header.Length;
        int end = place;
        while (end < header.Length && char.IsAsciiDigit(header[end])) end++;
        string number = random.Next(3) switch
        {
            0 => "0",
            1 => random.Next(100).ToString(CultureInfo.InvariantCulture),
            _ => header[place..end] + "0000000",
        };
        return Encoding.Latin1.GetBytes(header[..place] + number + header[end..]);
    }
}
