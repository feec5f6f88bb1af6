using System.Text;

namespace Aphorist.Text;

/// <summary>Finds where a text stops fitting its encoding.</summary>
internal static class UndecodableBytes
{
    /// <summary>
    /// The offset of the first sequence that does not decode. Fed byte by byte, a decoder yields a character at the sequence's last byte, so
    /// the culprit starts after the last byte that yielded one; the offset that the exception carries is not as exact for every encoding.
    /// </summary>
    /// <param name="bytes">The whole text, which is read from its beginning.</param>
    /// <param name="encoding">The encoding.</param>
    public static long OffsetIn(Stream bytes, Encoding encoding)
    {
        // A sequence may begin in the block before the one in which it is found not to decode.
        int skipped = Math.Max(0, DecodableBlocks(bytes, encoding) - 1);
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

    /// <summary>How many blocks decode from the beginning on.</summary>
    private static int DecodableBlocks(Stream bytes, Encoding encoding)
    {
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
        }
        catch (DecoderFallbackException)
        {
        }

        return count;
    }
}
