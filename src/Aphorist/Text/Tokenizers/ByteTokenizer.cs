using System.Numerics.Tensors;
using System.Text;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>The 256 bytes as tokens: a text is its UTF-8, so that no text is unknown. A token's id is its byte.</summary>
/// <param name="normalization">How a text is normalised before it is encoded; only its line endings by default.</param>
public sealed class ByteTokenizer(TextNormalization normalization = default) : Tokenizer
{
    /// <summary>256.</summary>
    public override int VocabularySize => 256;

    /// <inheritdoc/>
    public override TextNormalization Normalization { get; } = normalization;

    /// <summary>The bytes of a text already normalised; half a surrogate pair, which is no character, is encoded as U+FFFD.</summary>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int[] ids = new int[bytes.Length];
        TensorPrimitives.ConvertTruncating<byte, int>(bytes, ids);
        return ids;
    }

    /// <summary>The same as <see cref="Encode"/>: nothing is unknown.</summary>
    public override int[] EncodeSkippingUnknown(string text, out IReadOnlyList<string> unknown)
    {
        unknown = [];
        return Encode(text);
    }

    /// <summary>The text of these bytes. A sequence that is no UTF-8 becomes U+FFFD.</summary>
    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids)
    {
        byte[] bytes = new byte[ids.Length];
        for (int i = 0; i < ids.Length; i++) bytes[i] = ByteOf(ids[i]);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <inheritdoc/>
    public override TokenDecoder CreateDecoder() => new ByteDecoder();

    /// <inheritdoc/>
    public override int CountCharacters(ReadOnlySpan<int> ids)
    {
        int count = 0;
        foreach (int id in ids)
        {
            // All bytes of a character but its first are 10xxxxxx.
            if ((ByteOf(id) & 0xC0) != 0x80) count++;
        }
        return count;
    }

    /// <inheritdoc/>
    public override string GetDisplayText(int id) => ByteOf(id) is byte value && value < 0x80 ? VisibleText.Of(((char)value).ToString()) : $"\\x{id:X2}";

    internal static byte ByteOf(int id) => (byte)TokenId.Checked(id, 256);
}
