using System.Text;

namespace Aphorist.Text;

/// <summary>Finds where a text stops fitting its encoding.</summary>
internal static class UndecodableBytes
{
    /// <summary>
    /// The offset of the first sequence that does not decode. Fed byte by byte, a decoder yields a character at the sequence's last byte, so
    /// the culprit starts after the last byte that yielded one; the offset that the exception carries is not as exact for every encoding.
    /// </summary>
    public static int OffsetIn(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        Decoder decoder = encoding.GetDecoder();
        Span<char> characters = stackalloc char[16];
        int start = 0;
        try
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                if (decoder.GetChars(bytes.Slice(i, 1), characters, flush: false) > 0) start = i + 1;
            }
            decoder.GetChars([], characters, flush: true);
        }
        catch (DecoderFallbackException)
        {
        }
        return start;
    }
}
