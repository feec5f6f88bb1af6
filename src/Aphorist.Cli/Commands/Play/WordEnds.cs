using System.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Where words end, as the word tokenizer cuts them.</summary>
internal static class WordEnds
{
    /// <summary>Whether a character can stand within a word: letters, digits, marks and apostrophes do, and in scripts without spaces between words nothing.</summary>
    public static bool IsWithinWord(string character)
    {
        string word = $"a{character}a";
        return WordSplitter.FirstLength(word) == word.Length;
    }

    /// <summary>Whether a text ends with a character that can stand within a word.</summary>
    public static bool EndsWithinWord(string text) => text.Length > 0 && IsWithinWord(LastCharacter(text).ToString());

    /// <summary>Whether a text ends with a letter that is a word by itself, as in Chinese.</summary>
    public static bool EndsWithWholeLetter(string text) =>
        text.Length > 0 && LastCharacter(text) is var last && Rune.IsLetter(last) && !IsWithinWord(last.ToString());

    /// <summary>The end of a text that a word tokenizer may still take for the beginning of another token: a word with the space before it, or that space.</summary>
    public static string LastWord(string text)
    {
        // A line feed is a token by itself whatever stands around it.
        int start = text.LastIndexOf('\n') + 1, last = start;
        while (start < text.Length)
        {
            last = start;
            start += WordSplitter.FirstLength(text.AsSpan(start));
        }

        string token = text[last..];
        return token == " " || (token.Length > 0 && WordSplitter.IsWord(token)) ? token : "";
    }

    private static Rune LastCharacter(string text) => Rune.DecodeLastFromUtf16(text, out Rune last, out _) == System.Buffers.OperationStatus.Done ? last : Rune.ReplacementChar;
}
