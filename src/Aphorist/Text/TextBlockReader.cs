using System.Text;

namespace Aphorist.Text;

/// <summary>Decodes a file block by block, as strictly as <see cref="TextDecoder"/> decodes a whole one.</summary>
/// <param name="textDecoder">Chooses the encoding.</param>
/// <param name="bytes">The file, at its beginning.</param>
/// <param name="label">Its name, for errors.</param>
/// <param name="blockLength">The number of bytes to read at a time, at least 4.</param>
internal sealed class TextBlockReader(TextDecoder textDecoder, Stream bytes, string label, int blockLength)
{
    private readonly byte[] block = new byte[blockLength];
    private Encoding encoding = TextEncodings.Utf8;
    private Decoder? decoder;
    private char[] characters = [];
    private int begin, end;
    private bool isLast;

    // The first half of a surrogate pair whose second half is in the next block, or 0.
    private char half;

    /// <summary>Bytes decoded so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// The characters of the current block, which the caller may change. There may be none. They do not end within a surrogate pair.
    /// </summary>
    public Span<char> Text => characters.AsSpan(begin, end - begin);

    /// <summary>Decodes the next block.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="CorpusException">The bytes are not text, or not in this encoding.</exception>
    public async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (isLast) return false;
        int count = await bytes.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        isLast = count < block.Length;
        bool isFirst = decoder is null;
        if (isFirst) Begin(block.AsSpan(0, count));
        Decode(block.AsSpan(0, count));
        BytesRead += count;
        if (isFirst && Text is ['\uFEFF', ..]) begin++;
        return true;
    }

    private void Begin(ReadOnlySpan<byte> first)
    {
        encoding = textDecoder.GetEncoding(first);
        textDecoder.CheckMark(bytes, label, encoding);
        decoder = encoding.GetDecoder();
        characters = new char[encoding.GetMaxCharCount(block.Length) + 1];
    }

    private void Decode(ReadOnlySpan<byte> some)
    {
        textDecoder.CheckZeros(some, bytes, label, encoding);
        (begin, end) = (0, 0);
        if (half != 0) characters[end++] = half;
        half = '\0';
        try
        {
            end += decoder!.GetChars(some, characters.AsSpan(end), flush: isLast);
        }
        catch (DecoderFallbackException exception)
        {
            throw textDecoder.Explain(bytes, label, encoding, exception);
        }

        if (!isLast && end > 0 && char.IsHighSurrogate(characters[end - 1])) half = characters[--end];
    }
}
