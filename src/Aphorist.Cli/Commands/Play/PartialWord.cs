namespace Aphorist.Cli.Commands.Play;

/// <summary>A text as a model reads it while it is being typed.</summary>
/// <param name="Read">The tokens that are certain.</param>
/// <param name="Rest">Of word models, the word at the end that may become another one when it is typed on; else empty.</param>
internal readonly record struct PartialWord(int[] Read, string Rest)
{
    /// <summary>The text with its last word open, if the model knows words that begin like it.</summary>
    public static PartialWord Of(string text, Tokenizer tokenizer) =>
        tokenizer.Kind == TokenizerKind.Words && WordEnds.LastWord(text) is { Length: > 0 } last && TokensOf(tokenizer).Any(token => Begins(token, last))
            ? new(tokenizer.Encode(text[..^last.Length]), last)
            : new(tokenizer.Encode(text), "");

    /// <summary>The text as it is written on: a word that the model knows is taken to be whole.</summary>
    public static PartialWord ToWriteOn(string text, Tokenizer tokenizer)
    {
        PartialWord open = Of(text, tokenizer);
        bool isOpen = tokenizer.Kind == TokenizerKind.Words && TokensOf(tokenizer).Any(open.GoesOnAs) && (open.Rest == " " || !TokensOf(tokenizer).Contains(open.Rest));
        return isOpen ? open : new(tokenizer.Encode(text), "");
    }

    /// <summary>Whether a token is a longer word than what is open.</summary>
    public bool GoesOnAs(string token) => token.Length > Rest.Length && Begins(token, Rest);

    private static IEnumerable<string> TokensOf(Tokenizer tokenizer) => Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText);

    private static bool Begins(string token, string beginning) => token.StartsWith(beginning, StringComparison.Ordinal);
}
