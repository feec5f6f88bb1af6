using System.Text;

namespace Aphorist.Text;

/// <summary>Decodes a file block by block, as strictly as <see cref="TextDecoder"/> does a whole one.</summary>
internal sealed class TextBlockReader
{
    private readonly Stream bytes;
    private readonly string label;
    private readonly byte[] block;
    private readonly Encoding encoding;
    private readonly Decoder decoder;
    private readonly char[] characters;
    private int count, begin, end;
    private bool isFirst = true, isLast;

    // The first half of a surrogate pair whose second half is in the next block; 0 if there is none.
    private char half;

    /// <param name="decoder">Knows the encoding.</param>
    /// <param name="bytes">The file, at its beginning.</param>
    /// <param name="label">Its name, for errors.</param>
    /// <param name="blockLength">How many bytes to read at a time; at least 4.</param>
    public TextBlockReader(TextDecoder decoder, Stream bytes, string label, int blockLength)
    {
        (this.bytes, this.label, block) = (bytes, label, new byte[blockLength]);
        count = bytes.ReadAtLeast(block, blockLength, throwOnEndOfStream: false);
        encoding = decoder.EncodingOf(block.AsSpan(0, count));
        this.decoder = encoding.GetDecoder();
        characters = new char[encoding.GetMaxCharCount(blockLength) + 1];
    }

    /// <summary>Bytes decoded so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The characters of the block at hand, which may be changed. They may be none, and do not end within a surrogate pair.</summary>
    public Span<char> Text => characters.AsSpan(begin, end - begin);

    /// <summary>Decodes the next block.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="CorpusException">The bytes are no text, or not in this encoding.</exception>
    public bool Advance()
    {
        if (isLast) return false;
        if (!isFirst) count = bytes.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
        isLast = count < block.Length;
        ReadOnlySpan<byte> some = block.AsSpan(0, count);
        if (!TextEncodings.HasZeroBytes(encoding) && some.Contains((byte)0)) throw TextDecoder.Explain(bytes, label, encoding, exception: null);
        Decode(some);
        BytesRead += count;
        if (isFirst && Text is ['\uFEFF', ..]) begin++;
        isFirst = false;
        return true;
    }

    private void Decode(ReadOnlySpan<byte> some)
    {
        (begin, end) = (0, 0);
        if (half != 0) characters[end++] = half;
        half = '\0';
        try
        {
            end += decoder.GetChars(some, characters.AsSpan(end), flush: isLast);
        }
        catch (DecoderFallbackException exception)
        {
            throw TextDecoder.Explain(bytes, label, encoding, exception);
        }

        if (!isLast && end > 0 && char.IsHighSurrogate(characters[end - 1])) half = characters[--end];
    }
}
