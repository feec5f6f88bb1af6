using System.Text;

namespace Aphorist.Text;

/// <summary>
/// Decodes bytes strictly: a byte that does not fit the encoding is an error, not a replacement character. An encoding that was named is
/// believed, also if the text has zero bytes. Only a text that its byte order mark shows to be in another encoding is refused.
/// </summary>
internal sealed class TextDecoder(string? encodingName)
{
    private const int LongestMark = 4;

    private readonly Encoding? named = encodingName is null ? null : TextEncodings.Get(encodingName);
    private readonly List<string> notes = [];

    /// <summary>What a user may want to know about the texts that were decoded.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Decodes a whole text, without its byte order mark.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="label">The file's name, for the error.</param>
    /// <exception cref="CorpusException">The bytes are not text, or not in this encoding.</exception>
    public string Decode(ArraySegment<byte> bytes, string label)
    {
        string text = DecodeExactly(bytes, label);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    /// <summary>Decodes a whole text. A byte order mark becomes a character.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="label">The file's name, for the error.</param>
    /// <exception cref="CorpusException">The bytes are not text, or not in this encoding.</exception>
    public string DecodeExactly(ArraySegment<byte> bytes, string label)
    {
        using MemoryStream stream = new(bytes.Array ?? [], bytes.Offset, bytes.Count, writable: false);
        Encoding encoding = GetEncoding(bytes);
        CheckMark(stream, label, encoding);
        CheckZeros(bytes, stream, label, encoding);
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw Explain(stream, label, encoding, exception);
        }
    }

    /// <summary>Refuses a byte order mark of another encoding than the named one, if the text is in the encoding of the mark.</summary>
    /// <param name="bytes">The whole text, whose position does not change.</param>
    /// <param name="label">The file's name.</param>
    /// <param name="encoding">The encoding of the text.</param>
    /// <exception cref="CorpusException">The text is in the encoding of its mark, not in the named one.</exception>
    public void CheckMark(Stream bytes, string label, Encoding encoding)
    {
        if (named is null || !bytes.CanSeek) return;
        long position = bytes.Position;
        try
        {
            bytes.Position = 0;
            Span<byte> first = stackalloc byte[LongestMark];
            first = first[..bytes.ReadAtLeast(first, LongestMark, throwOnEndOfStream: false)];
            if (TextEncodings.FromByteOrderMark(first) is not { } marked || marked.CodePage == encoding.CodePage) return;
            // The marks of UTF-16 are letters in other encodings, whose texts have no zero bytes.
            bool isUtf8 = marked.CodePage == TextEncodings.Utf8.CodePage;
            if (!isUtf8 && !TextEncodings.HasZeroBytes(encoding) && ByteBlocks.IndexOfZero(bytes) < 0) return;
            string found = $"'{label}' begins with the byte order mark of {marked.WebName}";
            if (UndecodableBytes.Decodes(bytes, marked))
            {
                throw new CorpusException(
                    $"{found} and is {marked.WebName} text, but the encoding {encoding.WebName} was named: "
                    + $"leave the encoding out, or name {marked.WebName}.");
            }

            AddNote($"{found}, but is not {marked.WebName} text. It was read as {encoding.WebName}, as named.");
        }
        finally
        {
            bytes.Position = position;
        }
    }

    /// <summary>Refuses zero bytes, or notes them if the encoding was named.</summary>
    /// <param name="some">The text, or a part of it.</param>
    /// <param name="bytes">The whole text.</param>
    /// <param name="label">The file's name.</param>
    /// <param name="encoding">The encoding of the text.</param>
    /// <exception cref="CorpusException">There are zero bytes in a text without a named encoding.</exception>
    public void CheckZeros(ReadOnlySpan<byte> some, Stream bytes, string label, Encoding encoding)
    {
        if (TextEncodings.HasZeroBytes(encoding) || !some.Contains((byte)0)) return;
        if (named is null) throw Explain(bytes, label, encoding, exception: null);
        AddNote($"'{label}' has NUL characters (U+0000). They are read as characters of the text, because its encoding was named.");
    }

    /// <summary>Explains what is wrong with bytes that are not text, or not in this encoding.</summary>
    /// <param name="bytes">The whole text, which is read from its beginning several times.</param>
    /// <param name="label">The file's name.</param>
    /// <param name="encoding">The expected encoding.</param>
    /// <param name="exception">The decoder's exception; null if there is a zero byte.</param>
    public CorpusException Explain(Stream bytes, string label, Encoding encoding, DecoderFallbackException? exception)
    {
        // A text that is read in blocks may fail to decode before its first zero byte is seen. It is binary anyway.
        long zero = named is null && !TextEncodings.HasZeroBytes(encoding) ? ByteBlocks.IndexOfZero(bytes) : -1;
        bool isZero = zero >= 0;
        long offset = isZero ? zero : UndecodableBytes.OffsetIn(bytes, encoding);
        bytes.Position = offset;
        string found = bytes.ReadByte() is int value and >= 0 ? $"byte 0x{value:X2}" : "the end";
        string message = isZero
            ? $"'{label}' looks like a binary file (a zero byte at offset {offset}): give a plain text file, or name its encoding."
            : $"'{label}' is not {encoding.WebName} text ({found} at offset {offset}): "
                + $"name {(named is null ? "its" : "another")} encoding, or repair the file.";
        return new CorpusException(message, exception)
        {
            Undecodable = UndecodableBytes.Around(bytes, label, encoding.WebName, offset),
        };
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

    private void AddNote(string note)
    {
        if (!notes.Contains(note)) notes.Add(note);
    }
}
