using System.Globalization;
using System.Text;
using Aphorist.Text;

namespace Aphorist.Studio.Inside;

/// <summary>What kind of token a token is. The map has a colour for each.</summary>
internal enum TokenKind
{
    Vowel,
    Letter,
    Capital,
    Digit,
    Mark,
    Han,
    Word,
    Other,
}

/// <summary>Tells the kinds of tokens apart.</summary>
internal static class TokenKinds
{
    private const string Vowels = "aeiouáàâäãåæéèêëíìîïóòôöõøœúùûüаеёиоуыэюяαεηιουω";

    /// <summary>The kind of a token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="id">The id of the token.</param>
    public static TokenKind Of(Tokenizer tokenizer, int id)
    {
        if (id == tokenizer.UnknownTokenId) return TokenKind.Other;
        // A word may have the space before it.
        string text = tokenizer.GetText(id), word = text.Trim();
        if (word.Length == 0) return text.Length == 0 ? TokenKind.Other : TokenKind.Mark;
        Rune first = Rune.GetRuneAt(word, 0);
        bool isOne = word.Length == first.Utf16SequenceLength;
        if (Rune.IsDigit(first)) return TokenKind.Digit;
        if (Script.IsUnspaced(first.Value)) return TokenKind.Han;
        if (Rune.GetUnicodeCategory(first) is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter) return TokenKind.Capital;
        if (Rune.IsLetter(first) && (!isOne || tokenizer.Kind == TokenizerKind.Words)) return TokenKind.Word;
        if (Rune.IsLetter(first)) return Vowels.Contains(word, StringComparison.Ordinal) ? TokenKind.Vowel : TokenKind.Letter;
        return Rune.IsPunctuation(first) || Rune.IsSymbol(first) ? TokenKind.Mark : TokenKind.Other;
    }

    /// <summary>The name of a kind, in English and in Chinese.</summary>
    public static (string English, string Chinese) NameOf(TokenKind kind) => kind switch
    {
        TokenKind.Vowel => ("vowels", "元音"),
        TokenKind.Letter => ("other letters", "其他字母"),
        TokenKind.Capital => ("capitals", "大写"),
        TokenKind.Digit => ("digits", "数字"),
        TokenKind.Mark => ("punctuation and spaces", "标点与空白"),
        TokenKind.Han => ("Chinese and Japanese", "汉字与假名"),
        TokenKind.Word => ("words", "单词"),
        _ => ("others", "其他"),
    };
}
