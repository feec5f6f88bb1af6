using System.Text;

namespace Aphorist.Text;

/// <summary>Finds where a text stops fitting its encoding.</summary>
internal static class UndecodableBytes
{
    private const int SampleLength = 1 << 20;

    /// <summary>
    /// The offset of the first sequence that does not decode. A decoder that gets one byte at a time yields a character at the last byte of
    /// its sequence, so the bad sequence starts after the last byte that yielded one. The offset in the exception is not exact for every
    /// encoding.
    /// </summary>
    /// <param name="bytes">The whole text, which is read from its beginning.</param>
    /// <param name="encoding">The encoding.</param>
    public static long OffsetIn(Stream bytes, Encoding encoding)
    {
        // A bad sequence may begin in the block before the one that fails.
        int skipped = Math.Max(0, DecodableBlocks(bytes, encoding, out _) - 1);
        Decoder decoder = encoding.GetDecoder();
        char[] characters = new char[encoding.GetMaxCharCount(ByteBlocks.Length)];
        long place = 0, start = 0;
        try
        {
            foreach ((ReadOnlyMemory<byte> block, bool isLast) in ByteBlocks.Of(bytes))
            {
                if (skipped-- > 0)
                {
                    decoder.GetChars(block.Span, characters, flush: false);
                    start = place += block.Length;
                    continue;
                }

                for (int i = 0; i < block.Length; i++)
                {
                    place++;
                    if (decoder.GetChars(block.Span.Slice(i, 1), characters, flush: false) > 0) start = place;
                }

                if (isLast) decoder.GetChars([], characters, flush: true);
            }
        }
        catch (DecoderFallbackException)
        {
        }

        return start;
    }

    /// <summary>Whether the whole text decodes.</summary>
    public static bool Decodes(Stream bytes, Encoding encoding)
    {
        DecodableBlocks(bytes, encoding, out bool isWhole);
        return isWhole;
    }

    /// <summary>Keeps a part of the text for a caller that wants to find its encoding.</summary>
    public static UndecodableText Around(Stream bytes, string name, string encoding, long offset)
    {
        long start = offset < SampleLength / 2 ? 0 : (offset - SampleLength / 2) / 4 * 4;
        bytes.Position = start;
        byte[] sample = new byte[Math.Min(SampleLength, bytes.Length - start)];
        int length = bytes.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false), skipped = 0;
        // Within a text, a line begins with a whole character in all encodings but those with zero bytes, whose units have 2 or 4 bytes.
        if (start > 0 && !sample.AsSpan().Contains((byte)0))
            skipped = Math.Min(sample.AsSpan().IndexOf((byte)'\n') + 1, (int)(offset - start));
        return new(name, encoding, offset, sample.AsMemory(skipped, length - skipped), start + skipped);
    }

    /// <summary>The number of blocks at the beginning that decode.</summary>
    private static int DecodableBlocks(Stream bytes, Encoding encoding, out bool isWhole)
    {
        isWhole = false;
        Decoder decoder = encoding.GetDecoder();
        char[] characters = new char[encoding.GetMaxCharCount(ByteBlocks.Length)];
        int count = 0;
        try
        {
            foreach ((ReadOnlyMemory<byte> block, bool isLast) in ByteBlocks.Of(bytes))
            {
                decoder.GetChars(block.Span, characters, flush: isLast);
                count++;
            }

            isWhole = true;
        }
        catch (DecoderFallbackException)
        {
        }

        return count;
    }
}

/// <summary>Reads a stream from its beginning in blocks.</summary>
internal static class ByteBlocks
{
    /// <summary>Bytes in each block but the last, which is shorter and may be empty.</summary>
    public const int Length = 1 << 16;

    /// <summary>The blocks, each valid until the next is read, and whether it is the last.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Block, bool IsLast)> Of(Stream bytes)
    {
        bytes.Position = 0;
        byte[] block = new byte[Length];
        int count;
        do
        {
            count = bytes.ReadAtLeast(block, Length, throwOnEndOfStream: false);
            yield return (block.AsMemory(0, count), count < Length);
        }
        while (count == Length);
    }

    /// <summary>The offset of the first zero byte, or -1.</summary>
    public static long IndexOfZero(Stream bytes)
    {
        long start = 0;
        foreach ((ReadOnlyMemory<byte> block, _) in Of(bytes))
        {
            int place = block.Span.IndexOf((byte)0);
            if (place >= 0) return start + place;
            start += block.Length;
        }

        return -1;
    }
}
