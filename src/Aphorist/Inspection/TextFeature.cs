namespace Aphorist.Inspection;

/// <summary>
/// Something that can be said of every character of a text by what was read up to it: what a cell, which has read no further, can know. Karpathy, Johnson
/// and Fei-Fei (Visualizing and Understanding Recurrent Networks, 2015) found cells that follow some of these.
/// </summary>
/// <param name="Name">What it is called, in a few words.</param>
/// <param name="Meaning">Its value, in one sentence.</param>
/// <param name="CreateTrack">Begins a text.</param>
public sealed record TextFeature(string Name, string Meaning, Func<FeatureTrack> CreateTrack)
{
    /// <summary>How many characters of the line were read: 1 at its first character, 0 at a line feed.</summary>
    public static TextFeature PositionInLine { get; } =
        new("position in line", "how many characters of the line were read: 1 at its first, 0 at a line feed", () => new LinePositionTrack());

    /// <summary>1 from an opening quotation mark up to the closing one, which has 0 again.</summary>
    /// <remarks>
    /// Straight double marks open and close in turns; “ ” „ « » and the marks 「 」 『 』 of East Asia do what their shape says. Single ones are left alone, since
    /// most of them are apostrophes. A blank line ends every quotation, so that a mark which is never closed does no harm beyond its paragraph.
    /// </remarks>
    public static TextFeature InsideQuotes { get; } =
        new("inside quotes", "1 from an opening double quotation mark to the character before the closing one or a blank line, else 0", () => new QuotationTrack());

    /// <summary>1 from an opening parenthesis up to the one that closes it, which has 0 again. A blank line closes all.</summary>
    public static TextFeature InsideParentheses { get; } =
        new("inside parentheses", "1 from an opening parenthesis to the character before the one that closes it or a blank line, else 0", () => new ParenthesesTrack());

    /// <summary>1 at the first character after a word, by which one knows that the word has ended.</summary>
    /// <remarks>A word begins with a letter or a digit and goes on with these, with marks that combine with them, and with apostrophes.</remarks>
    public static TextFeature WordEnd { get; } =
        new("word end", "1 at the first character after a word, else 0", () => new WordEndTrack());

    /// <summary>How many characters of the word were read: 1 at its first character, 0 between words.</summary>
    public static TextFeature PositionInWord { get; } =
        new("position in word", "how many characters of the word were read: 1 at its first, 0 between words", () => new WordPositionTrack());

    /// <summary>1 at every capital letter.</summary>
    public static TextFeature Capital { get; } = new("capital letter", "1 at every capital letter, else 0", () => new CapitalTrack());

    /// <summary>All of these.</summary>
    public static IReadOnlyList<TextFeature> All { get; } = [PositionInLine, InsideQuotes, InsideParentheses, WordEnd, PositionInWord, Capital];

    /// <summary>The feature's value at each character (Unicode scalar value) of a text.</summary>
    public double[] Measure(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        FeatureTrack track = CreateTrack();
        return [.. text.EnumerateRunes().Select(track.Read)];
    }
}
