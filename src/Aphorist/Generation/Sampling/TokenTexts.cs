using Aphorist.Text;

namespace Aphorist.Generation.Sampling;

/// <summary>Finds tokens by their text.</summary>
internal static class TokenTexts
{
    /// <summary>The tokens that a text names: a character, a byte, or a word with and without the space before it.</summary>
    /// <exception cref="InvalidOptionsException">There is no such token.</exception>
    public static IReadOnlyList<int> IdsOf(Tokenizer tokenizer, string text, string property)
    {
        string normalized = tokenizer.Normalization.Apply(text);
        int[] ids = tokenizer is WordTokenizer ? [.. IdOf(tokenizer, normalized), .. IdOf(tokenizer, " " + normalized)] : [.. IdOf(tokenizer, normalized)];
        return ids.Length > 0
            ? ids
            : throw new InvalidOptionsException($"{property} names '{VisibleText.Of(text)}', which is not a token of the model. Name single {NameOf(tokenizer)} that it knows.", property);
    }

    private static int[] IdOf(Tokenizer tokenizer, string text)
    {
        int[] ids = tokenizer.EncodeSkippingUnknown(text, out IReadOnlyList<string> unknown);
        return unknown.Count == 0 && ids.Length == 1 ? ids : [];
    }

    private static string NameOf(Tokenizer tokenizer) => tokenizer switch
    {
        WordTokenizer => "words or signs",
        ByteTokenizer => "characters of one byte",
        _ => "characters",
    };
}
