using System.Buffers;
using System.Text;

namespace Aphorist.Text.Tokenizers;

/// <summary>
/// Splits a text into words and single characters, whose concatenation is the text. A word starts with a letter or a digit, continues with
/// letters, digits and combining marks, and includes the one space before it. An apostrophe or an invisible joiner between two of these
/// belongs to the word. Every other character is a token by itself, and so is a letter of a script without spaces between words.
/// </summary>
internal static class WordSplitter
{
    /// <summary>The length, in UTF-16 units, of the first token of a text that is not empty.</summary>
    public static int FirstLength(ReadOnlySpan<char> text)
    {
        int space = text[0] == ' ' ? 1 : 0;
        int word = WordLength(text[space..]);
        if (word > 0) return space + word;
        Rune.DecodeFromUtf16(text, out _, out int length);
        return length;
    }

    /// <summary>Whether a token is a word, with or without its space.</summary>
    public static bool IsWord(ReadOnlySpan<char> token) => WordLength(token[0] == ' ' ? token[1..] : token) > 0;

    private static int WordLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length)
        {
            int joiner = length > 0 && IsJoiner(text[length]) ? 1 : 0;
            int character = WordCharacterLength(text[(length + joiner)..], isFirst: length == 0);
            if (character == 0) break;
            length += joiner + character;
        }
        return length;
    }

    /// <summary>The length of the first character if it belongs to words, else 0.</summary>
    private static int WordCharacterLength(ReadOnlySpan<char> text, bool isFirst)
    {
        if (text.IsEmpty) return 0;
        if (char.IsAscii(text[0])) return char.IsAsciiLetterOrDigit(text[0]) ? 1 : 0;
        Rune.DecodeFromUtf16(text, out Rune character, out int length);
        bool isOfWord = Rune.IsLetterOrDigit(character) || (!isFirst && CombiningMark.Is(character));
        return isOfWord && !IsOfUnspacedScript(character.Value) ? length : 0;
    }

    // The two apostrophes, and the two joiners within words of Persian and of Indian scripts.
    private static bool IsJoiner(char unit) => unit is '\'' or '\u2019' or '\u200C' or '\u200D';

    private static bool IsOfUnspacedScript(int codePoint) => Script.IsUnspaced(codePoint) || codePoint is
        (>= 0x0E00 and <= 0x0EFF) or // Thai, Lao
        (>= 0x1000 and <= 0x109F) or // Burmese
        (>= 0x1780 and <= 0x17FF); // Khmer
}

/// <summary>Rearranges blocks of text so that each ends where a token ends.</summary>
internal static class TokenBoundaryChunker
{
    // Each of these starts a token, whatever comes before it, and none continues one.
    private static readonly SearchValues<char> Beginnings = SearchValues.Create(
        [.. Enumerable.Range(0, 0x80).Select(unit => (char)unit).Where(unit => !char.IsAsciiLetterOrDigit(unit) && unit != '\'')]);

    // A joiner and a surrogate pair after a token may decide whether it ends there.
    private const int LookAhead = 3;

    /// <summary>The same text in blocks that end where a token ends.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> blocks)
    {
        string left = "";
        foreach (string block in blocks)
        {
            string text = left + block;
            int length = GetWholeLength(text);
            if (length > 0) yield return text[..length];
            left = text[length..];
        }

        if (left.Length > 0) yield return left;
    }

    /// <summary>The length of the part of a text that is whole tokens, whatever comes after it.</summary>
    private static int GetWholeLength(string text)
    {
        int last = text.AsSpan().LastIndexOfAny(Beginnings);
        if (last > 0) return last;
        int length = 0;
        while (length < text.Length)
        {
            int end = length + WordSplitter.FirstLength(text.AsSpan(length));
            if (end + LookAhead > text.Length) break;
            length = end;
        }

        return length;
    }
}
