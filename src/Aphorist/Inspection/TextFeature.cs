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
    public static TextFeature Capital { get; } = new("capital letter", "1 at every capital letter, else 0", () => new CapitalTrack());

    /// <summary>All features above.</summary>
    public static IReadOnlyList<TextFeature> All { get; } =
        [PositionInLine, InsideQuotes, InsideParentheses, WordEnd, PositionInWord, Capital];

    /// <summary>Returns the value of the feature at each character (Unicode scalar value) of a text.</summary>
    public double[] Measure(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        FeatureTrack track = CreateTrack();
        return [.. text.EnumerateRunes().Select(track.Read)];
    }
}
