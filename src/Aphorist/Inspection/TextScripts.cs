using System.Globalization;
using System.Text;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>
/// The scripts in which a text is written, as shares of its letters from 0 to 1. They decide which features of a text have a meaning: only
/// some scripts have capital letters, and only some have spaces between words.
/// </summary>
public sealed record TextScripts
{
    // The beginning of a text is enough: inspecting takes much longer than counting it.
    private const int MaximumLetters = 1_000_000;

    private const double Most = 0.5;

    /// <summary>Below this share, letters of a script are quotations, names or terms in a text of another one.</summary>
    internal const double MinimumShare = 0.1;

    /// <summary>The share of Chinese characters, which Chinese and Japanese use.</summary>
    public double Han { get; private init; }

    /// <summary>The share of hiragana and katakana, which only Japanese uses.</summary>
    public double Kana { get; private init; }

    /// <summary>The share of Hangul, which only Korean uses.</summary>
    public double Hangul { get; private init; }

    /// <summary>The share of letters with an upper and a lower case: Latin, Greek, Cyrillic and some others.</summary>
    public double Cased { get; private init; }

    /// <summary>
    /// The language as a tag for the lang attribute of HTML: <c>zh</c>, <c>ja</c> or <c>ko</c>. Null for all other texts: their script does
    /// not tell the language.
    /// </summary>
    public string? Language =>
        Han + Kana >= Most ? Kana >= MinimumShare ? "ja" : "zh"
        : Hangul >= Most ? "ko"
        : null;

    /// <summary>Counts the letters of a text, up to the first million.</summary>
    public static TextScripts Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Count([text]);
    }

    /// <summary>Counts the letters of a corpus, up to the first million.</summary>
    /// <exception cref="CorpusException">The file of the corpus can no longer be read.</exception>
    public static TextScripts Of(Corpus corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return Count(corpus.EnumerateBlocks());
    }

    private static TextScripts Count(IEnumerable<string> blocks)
    {
        int letters = 0, han = 0, kana = 0, hangul = 0, cased = 0;
        foreach (Rune letter in blocks.SelectMany(block => block.EnumerateRunes()).Where(Rune.IsLetter).Take(MaximumLetters))
        {
            letters++;
            if (Script.IsHan(letter.Value)) han++;
            else if (Script.IsKana(letter.Value)) kana++;
            else if (Script.IsHangul(letter.Value)) hangul++;
            else if (IsCased(letter)) cased++;
        }

        double scale = Math.Max(letters, 1);
        return new TextScripts { Han = han / scale, Kana = kana / scale, Hangul = hangul / scale, Cased = cased / scale };
    }

    private static bool IsCased(Rune letter) => Rune.GetUnicodeCategory(letter) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;
}
