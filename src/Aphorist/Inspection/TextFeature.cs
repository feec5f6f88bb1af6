using System.Text;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>
/// A number for every character of a text that depends only on the text up to that character, so that a cell can represent it. Karpathy,
/// Johnson and Fei-Fei (Visualizing and Understanding Recurrent Networks, 2015) found cells that represent some of these features.
/// </summary>
/// <param name="Name">The name: a few words.</param>
/// <param name="Meaning">The meaning of the value, as a part of a sentence.</param>
/// <param name="CreateTrack">Creates the track for a text.</param>
public sealed record TextFeature(string Name, string Meaning, Func<FeatureTrack> CreateTrack)
{
    /// <summary>The position in the line: 1 at its first character, 0 at a line feed.</summary>
    public static TextFeature PositionInLine { get; } =
        new(
            "position in line", "how many characters of the line were read: 1 at its first, 0 at a line feed",
            () => new LinePositionTrack());

    /// <summary>1 from an opening quotation mark to the character before the closing mark, otherwise 0.</summary>
    /// <remarks>
    /// A straight double mark opens and closes in turn. The marks “ ” „ « » 「 」 『 』 open or close by their shape.
    /// Single marks are ignored, because most of them are apostrophes. A blank line ends every quotation, which limits the effect of an
    /// unclosed mark.
    /// </remarks>
    public static TextFeature InsideQuotes { get; } =
        new(
            "inside quotes", "1 from an opening double quotation mark to the character before the closing one or a blank line, else 0",
            () => new QuotationTrack());

    /// <summary>
    /// 1 from an opening parenthesis to the character before the matching closing one, otherwise 0. A blank line closes all parentheses.
    /// </summary>
    public static TextFeature InsideParentheses { get; } =
        new(
            "inside parentheses", "1 from an opening parenthesis to the character before the one that closes it or a blank line, else 0",
            () => new ParenthesesTrack());

    /// <summary>1 at the first character after a word, otherwise 0.</summary>
    /// <remarks>A word starts with a letter or a digit and continues with letters, digits, combining marks and apostrophes.</remarks>
    public static TextFeature WordEnd { get; } =
        new("word end", "1 at the first character after a word, else 0", () => new WordEndTrack());

    /// <summary>The position in the word: 1 at its first character, 0 between words.</summary>
    public static TextFeature PositionInWord { get; } =
        new(
            "position in word", "how many characters of the word were read: 1 at its first, 0 between words",
            () => new WordPositionTrack());

    /// <summary>1 at every capital letter, otherwise 0.</summary>
    public static TextFeature Capital { get; } =
        new("capital letter", "1 at every capital letter, else 0", () => new CharacterTrack(Rune.IsUpper));

    /// <summary>The position in the sentence: 1 at its first character, 0 between sentences.</summary>
    /// <remarks>
    /// A sentence ends with one of the marks 。！？, or with one of .!? or their Arabic and Indian forms before white space or a Chinese
    /// character. Further marks and the quotation marks and brackets that close behind it belong to it; if a comma follows them, the
    /// sentence continues. A blank line ends every sentence.
    /// </remarks>
    public static TextFeature PositionInSentence { get; } =
        new(
            "position in sentence", "how many characters of the sentence were read: 1 at its first, 0 between sentences",
            () => new SentencePositionTrack());

    /// <summary>The number of characters since the last punctuation mark or line feed, which have the value 0.</summary>
    public static TextFeature SincePunctuation { get; } =
        new(
            "since punctuation", "how many characters were read since the last punctuation mark or line feed: 0 at the mark itself",
            () => new SincePunctuationTrack());

    /// <summary>1 in a line that follows two or more blank lines, as titles often do, otherwise 0.</summary>
    public static TextFeature TitleLine { get; } =
        new("title line", "1 in a line after two or more blank lines, else 0", () => new TitleLineTrack());

    /// <summary>1 at every punctuation mark, otherwise 0.</summary>
    public static TextFeature Punctuation { get; } =
        new("punctuation", "1 at every punctuation mark, else 0", () => new CharacterTrack(Rune.IsPunctuation));

    /// <summary>1 at every digit and at every Chinese numeral, such as 三 and 百, otherwise 0.</summary>
    public static TextFeature Numeral { get; } =
        new("numeral", "1 at every digit and Chinese numeral, else 0", () => new CharacterTrack(CharacterTrack.IsNumeral));

    /// <summary>1 at Chinese characters whose use is mostly grammatical, such as 的, 了 and 是, otherwise 0.</summary>
    public static TextFeature FunctionCharacter { get; } =
        new(
            "function character", "1 at characters whose use is mostly grammatical, such as 的, 了 and 是, else 0",
            () => new CharacterTrack(CharacterTrack.IsFunctionCharacter));

    /// <summary>1 at every Chinese character, otherwise 0. In Japanese, it separates kanji from kana.</summary>
    public static TextFeature HanCharacter { get; } =
        new(
            "Chinese character", "1 at every Chinese character, else 0",
            () => new CharacterTrack(character => Script.IsHan(character.Value)));

    /// <summary>All features above.</summary>
    public static IReadOnlyList<TextFeature> All { get; } =
    [
        PositionInLine, PositionInSentence, TitleLine, InsideQuotes, InsideParentheses, WordEnd, PositionInWord, Capital, SincePunctuation,
        Punctuation, Numeral, FunctionCharacter, HanCharacter,
    ];

    /// <summary>
    /// Returns the features that have a meaning in a text of these scripts: words only where spaces separate them, capital letters only
    /// where letters have a case, punctuation and numerals only in Chinese and Japanese, function characters only in Chinese. A
    /// mixed text has those of all its scripts.
    /// </summary>
    /// <param name="scripts">The scripts of the text. A script with less than a tenth of the letters is ignored.</param>
    public static IReadOnlyList<TextFeature> ForScripts(TextScripts scripts)
    {
        ArgumentNullException.ThrowIfNull(scripts);
        double unspaced = scripts.Han + scripts.Kana;
        bool isUnspaced = unspaced >= TextScripts.MinimumShare;
        bool isSpaced = !isUnspaced || 1 - unspaced >= TextScripts.MinimumShare;
        bool isJapanese = scripts.Kana >= TextScripts.MinimumShare, isCased = scripts.Cased >= TextScripts.MinimumShare;
        List<TextFeature> features = [PositionInLine, PositionInSentence, TitleLine, InsideQuotes, InsideParentheses];
        if (isSpaced) features.AddRange([WordEnd, PositionInWord]);
        if (isCased) features.Add(Capital);
        if (isUnspaced) features.AddRange([SincePunctuation, Punctuation, Numeral]);
        if (isUnspaced && !isJapanese) features.Add(FunctionCharacter);
        if (isUnspaced && (isJapanese || isSpaced)) features.Add(HanCharacter);
        return features;
    }

    /// <summary>Returns the value of the feature at each character (Unicode scalar value) of a text.</summary>
    public double[] Measure(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        FeatureTrack track = CreateTrack();
        return [.. text.EnumerateRunes().Select(track.Read)];
    }
}
