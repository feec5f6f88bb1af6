using System.Buffers;
using System.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Finds where words end, by the rules of the word tokenizer.</summary>
internal static class WordEnds
{
    /// <summary>
    /// Whether a character can be inside a word: a letter, digit, mark or apostrophe. No character of a script without spaces between
    /// words is.
    /// </summary>
    public static bool IsWithinWord(string character)
    {
        string word = $"a{character}a";
        return WordSplitter.FirstLength(word) == word.Length;
    }

    /// <summary>Whether a text ends with a character that can be inside a word.</summary>
    public static bool EndsWithinWord(string text) => text.Length > 0 && IsWithinWord(LastCharacter(text).ToString());

    /// <summary>Whether a text ends with a letter that is a word by itself, as in Chinese.</summary>
    public static bool EndsWithSingleLetterWord(string text) =>
        text.Length > 0 && LastCharacter(text) is var last && Rune.IsLetter(last) && !IsWithinWord(last.ToString());

    /// <summary>Gets the end of a text that could become another word token: a word with the space before it, or only that space.</summary>
    public static string LastWord(string text)
    {
        // A line feed is always a token by itself.
        int start = text.LastIndexOf('\n') + 1, last = start;
        while (start < text.Length)
        {
            last = start;
            start += WordSplitter.FirstLength(text.AsSpan(start));
        }

        string token = text[last..];
        return token == " " || (token.Length > 0 && WordSplitter.IsWord(token)) ? token : "";
    }

    private static Rune LastCharacter(string text) =>
        Rune.DecodeLastFromUtf16(text, out Rune last, out _) == OperationStatus.Done ? last : Rune.ReplacementChar;
}

/// <summary>An unfinished text as a model reads it.</summary>
/// <param name="Ids">The tokens that further typing cannot change.</param>
/// <param name="Prefix">With a word tokenizer, the last word if it may be the beginning of another one; otherwise empty.</param>
internal readonly record struct PartialWord(int[] Ids, string Prefix)
{
    /// <summary>Splits a text for suggestions: the last word is a prefix if the vocabulary has words that begin with it.</summary>
    public static PartialWord ForSuggestions(string text, Tokenizer tokenizer) =>
        tokenizer.Kind == TokenizerKind.Words
            && WordEnds.LastWord(text) is { Length: > 0 } last
            && TokensOf(tokenizer).Any(token => Begins(token, last))
            ? new(tokenizer.Encode(text[..^last.Length]), last)
            : new(tokenizer.Encode(text), "");

    /// <summary>Splits a text for generation: a last word that the vocabulary has is complete.</summary>
    public static PartialWord ForGeneration(string text, Tokenizer tokenizer)
    {
        PartialWord partial = ForSuggestions(text, tokenizer);
        bool isPartial = tokenizer.Kind == TokenizerKind.Words
            && TokensOf(tokenizer).Any(partial.CanBecome)
            && (partial.Prefix == " " || !TokensOf(tokenizer).Contains(partial.Prefix));
        return isPartial ? partial : new(tokenizer.Encode(text), "");
    }

    /// <summary>Whether a token is longer than the prefix and begins with it.</summary>
    public bool CanBecome(string token) => token.Length > Prefix.Length && Begins(token, Prefix);

    private static IEnumerable<string> TokensOf(Tokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText);

    private static bool Begins(string token, string beginning) => token.StartsWith(beginning, StringComparison.Ordinal);
}
