using System.Text;

namespace Aphorist.Text;

/// <summary>Turns bytes into text strictly: a byte that does not fit the encoding is an error, not a replacement character.</summary>
internal sealed class TextDecoder(string? encodingName)
{
    private readonly Encoding? named = encodingName is null ? null : TextEncodings.Get(encodingName);

    /// <summary>Decodes a whole text, without its byte order mark.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="label">The file's name, for the error.</param>
    /// <exception cref="CorpusException">The bytes are no text, or not in this encoding.</exception>
    public string Decode(ArraySegment<byte> bytes, string label)
    {
        Encoding encoding = EncodingOf(bytes);
        if (!TextEncodings.HasZeroBytes(encoding) && bytes.AsSpan().Contains((byte)0)) throw Explain(StreamOf(bytes), label, encoding, exception: null);
        try
        {
            string text = encoding.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException exception)
        {
            throw Explain(StreamOf(bytes), label, encoding, exception);
        }
    }

    /// <summary>Says what is wrong with bytes that are no text, or not in this encoding.</summary>
    /// <param name="bytes">The whole text; it is read from its beginning, perhaps several times.</param>
    /// <param name="label">The file's name.</param>
    /// <param name="encoding">What it should be in.</param>
    /// <param name="exception">What the decoder said; null where there is a zero byte.</param>
    public static CorpusException Explain(Stream bytes, string label, Encoding encoding, DecoderFallbackException? exception)
    {
        if (!TextEncodings.HasZeroBytes(encoding) && ByteBlocks.IndexOfZero(bytes) is long zero and >= 0) return Binary(bytes, label, zero);
        return Undecodable(bytes, label, encoding, exception);
    }

    /// <summary>The encoding of a text that begins like this.</summary>
    public Encoding EncodingOf(ReadOnlySpan<byte> bytes)
    {
        Encoding? marked = ByteOrderMark.Detect(bytes);
        if (named is null) return marked ?? TextEncodings.Utf8;
        // "utf-16" and "utf-32" without a byte order in their name leave it to the mark; .NET calls the encoding so for "utf-16LE", too.
        bool leavesOrder = !encodingName!.EndsWith("LE", StringComparison.OrdinalIgnoreCase);
        return leavesOrder && marked?.WebName.StartsWith(named.WebName, StringComparison.Ordinal) == true ? marked : named;
    }

    private static CorpusException Binary(Stream bytes, string label, long offset)
    {
        string[] fitting = TextEncodings.Fitting(bytes);
        string advice = fitting.Length > 0
            ? $"it would decode as {Listed(fitting)}, so name that encoding (--encoding {fitting[0]})"
            : "give a plain text file";
        return new CorpusException($"'{label}' looks like a binary file (a zero byte at offset {offset}): {advice}.");
    }

    private static CorpusException Undecodable(Stream bytes, string label, Encoding encoding, DecoderFallbackException? exception)
    {
        long offset = UndecodableBytes.OffsetIn(bytes, encoding);
        string[] fitting = TextEncodings.Fitting(bytes);
        string advice = fitting.Length > 0
            ? $"it would decode as {Listed(fitting)}, so name the right one (--encoding {fitting[0]})"
            : $"none of {Listed(TextEncodings.Candidates)} fits either, so repair the file or name its encoding (--encoding NAME)";
        bytes.Position = offset;
        string found = bytes.ReadByte() is int value and >= 0 ? $"byte 0x{value:X2}" : "the end";
        return new CorpusException($"'{label}' is not {encoding.WebName} text ({found} at offset {offset}): {advice}.", exception);
    }

    private static MemoryStream StreamOf(ArraySegment<byte> bytes) => new(bytes.Array!, bytes.Offset, bytes.Count, writable: false);

    private static string Listed(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}
