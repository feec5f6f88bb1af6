using System.Numerics.Tensors;
using System.Text;
using Aphorist.Text;

namespace Aphorist;

/// <summary>
/// A tokenizer whose tokens are the 256 bytes of UTF-8, so that every text can be encoded. The id of a token is its byte.
/// </summary>
/// <param name="normalization">How a text is normalized before it is encoded; only line endings by default.</param>
public sealed class ByteTokenizer(TextNormalization normalization = default) : Tokenizer
{
    private static readonly string[] Texts =
        [.. Enumerable.Range(0, 256).Select(value => value < 0x80 ? ((char)value).ToString() : "\uFFFD")];

    /// <inheritdoc/>
    public override TokenizerKind Kind => TokenizerKind.Bytes;

    /// <summary>256.</summary>
    public override int VocabularySize => 256;

    /// <inheritdoc/>
    public override TextNormalization Normalization { get; } = normalization;

    /// <inheritdoc/>
    public override string UnitName => "bytes";

    internal override string TokenDescription => "characters of one byte";

    internal override string CacheKey => "bytes";

    /// <summary>Creates a tokenizer that normalizes texts as a corpus was normalized.</summary>
    /// <param name="corpus">The corpus.</param>
    public static ByteTokenizer Create(Corpus corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return new(corpus.Normalization);
    }

    /// <summary>Encodes a text that is already normalized. Half a surrogate pair, which is not a character, is encoded as U+FFFD.</summary>
    /// <param name="text">The text.</param>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int[] ids = new int[bytes.Length];
        TensorPrimitives.ConvertTruncating<byte, int>(bytes, ids);
        return ids;
    }

    /// <summary>Does the same as <see cref="Encode"/>: nothing is unknown.</summary>
    /// <inheritdoc/>
    public override int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown)
    {
        unknown = [];
        return Encode(text);
    }

    /// <summary>Decodes bytes to text. A sequence that is not UTF-8 becomes U+FFFD.</summary>
    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        byte[] bytes = new byte[ids.Length];
        for (int i = 0; i < ids.Length; i++) bytes[i] = (byte)Checked(ids[i]);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <inheritdoc/>
    public override TokenDecoder CreateDecoder() => new ByteDecoder(this);

    /// <inheritdoc/>
    public override int CountCharacters(ReadOnlySpan<int> ids)
    {
        int count = 0;
        foreach (int id in ids)
        {
            // All bytes of a character but its first are 10xxxxxx.
            if ((Checked(id) & 0xC0) != 0x80) count++;
        }
        return count;
    }

    /// <inheritdoc/>
    public override string GetText(int id) => Texts[Checked(id)];

    /// <inheritdoc/>
    public override string GetDisplayText(int id) => IsPartialCharacter(id) ? $"\\x{id:X2}" : VisibleText.Of(Texts[id]);

    /// <inheritdoc/>
    public override bool IsPartialCharacter(int id) => Checked(id) >= 0x80;

    internal override bool CanDecodeTo(Rune character) => true;

    internal override int[]? MapCharacters(IReadOnlyList<Rune> characters) =>
        characters.All(character => character.IsAscii) ? [.. characters.Select(character => character.Value)] : null;

    internal override Tokenizer Extend(Corpus corpus, out int[] newIds)
    {
        newIds = GetIds();
        return this;
    }

    /// <summary>Decodes UTF-8 one byte at a time.</summary>
    private sealed class ByteDecoder(ByteTokenizer tokenizer) : TokenDecoder
    {
        private readonly Decoder decoder = Encoding.UTF8.GetDecoder();

        public override string Append(int id) => Decode([(byte)tokenizer.Checked(id)], flush: false);

        public override string Flush() => Decode([], flush: true);

        private string Decode(ReadOnlySpan<byte> bytes, bool flush)
        {
            // One byte ends at most one broken sequence and one character.
            Span<char> units = stackalloc char[4];
            int count = decoder.GetChars(bytes, units, flush);
            return count == 1 && units[0] < 0x80 ? Texts[units[0]] : new(units[..count]);
        }
    }
}
