using System.Text;

namespace Aphorist.Text;

/// <summary>Decodes bytes strictly: a byte that does not fit the encoding is an error, not a replacement character.</summary>
internal sealed class TextDecoder(string? encodingName)
{
    private readonly Encoding? named = encodingName is null ? null : TextEncodings.Get(encodingName);

    /// <summary>Decodes a whole text, without its byte order mark.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="label">The file's name, for the error.</param>
    /// <exception cref="CorpusException">The bytes are not text, or not in this encoding.</exception>
    public string Decode(ArraySegment<byte> bytes, string label)
    {
        Encoding encoding = GetEncoding(bytes);
        if (!TextEncodings.HasZeroBytes(encoding) && bytes.AsSpan().Contains((byte)0))
            throw Explain(ToStream(bytes), label, encoding, exception: null);
        try
        {
            string text = encoding.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException exception)
        {
            throw Explain(ToStream(bytes), label, encoding, exception);
        }
    }

    /// <summary>Explains what is wrong with bytes that are not text, or not in this encoding.</summary>
    /// <param name="bytes">The whole text, which is read from its beginning several times.</param>
    /// <param name="label">The file's name.</param>
    /// <param name="encoding">The expected encoding.</param>
    /// <param name="exception">The decoder's exception, or null where there is a zero byte.</param>
    public static CorpusException Explain(Stream bytes, string label, Encoding encoding, DecoderFallbackException? exception)
    {
        if (!TextEncodings.HasZeroBytes(encoding) && ByteBlocks.IndexOfZero(bytes) is long zero and >= 0)
            return ExplainZero(bytes, label, zero);
        long offset = UndecodableBytes.OffsetIn(bytes, encoding);
        string[] fitting = TextEncodings.Fitting(bytes);
        string advice = fitting.Length > 0
            ? $"it decodes as {List(fitting)}, so read it with the encoding {fitting[0]}"
            : $"it decodes as none of {List(TextEncodings.Candidates)} either, so repair the file or name its encoding";
        bytes.Position = offset;
        string found = bytes.ReadByte() is int value and >= 0 ? $"byte 0x{value:X2}" : "the end";
        return new CorpusException($"'{label}' is not {encoding.WebName} text ({found} at offset {offset}): {advice}.", exception);
    }

    /// <summary>The encoding of a text that begins with these bytes.</summary>
    public Encoding GetEncoding(ReadOnlySpan<byte> bytes)
    {
        Encoding? marked = TextEncodings.FromByteOrderMark(bytes);
        if (named is null) return marked ?? TextEncodings.Utf8;
        // "utf-16" and "utf-32" leave the byte order to the mark. .NET gives "utf-16LE" the name "utf-16", too.
        bool leavesOrder = !encodingName!.EndsWith("LE", StringComparison.OrdinalIgnoreCase);
        return leavesOrder && marked?.WebName.StartsWith(named.WebName, StringComparison.Ordinal) == true ? marked : named;
    }

    private static CorpusException ExplainZero(Stream bytes, string label, long offset)
    {
        string[] fitting = TextEncodings.Fitting(bytes);
        string advice = fitting.Length > 0
            ? $"it decodes as {List(fitting)}, so read it with the encoding {fitting[0]}"
            : "give a plain text file";
        return new CorpusException($"'{label}' looks like a binary file (a zero byte at offset {offset}): {advice}.");
    }

    private static MemoryStream ToStream(ArraySegment<byte> bytes) => new(bytes.Array!, bytes.Offset, bytes.Count, writable: false);

    private static string List(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}
