using Aphorist.Text;

namespace Aphorist.Generation.Sampling;

/// <summary>Finds tokens by their text.</summary>
internal static class TokenTexts
{
    /// <summary>The tokens that a text names: a character, a byte, or a word with and without the space before it.</summary>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public static IReadOnlyList<int> IdsOf(Tokenizer tokenizer, string text)
    {
        int[] ids = tokenizer.FindTokens(tokenizer.Normalization.Apply(text));
        return ids.Length > 0
            ? ids
            : throw new ArgumentException($"'{VisibleText.Of(text)}' is not a token of this model: name {tokenizer.TokenDescription} that it knows.");
    }
}
