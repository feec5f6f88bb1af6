using System.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.InsideQuotes"/>.</summary>
internal sealed class QuotationTrack : FeatureTrack
{
    private readonly BlankLines blankLines = new();

    // What closes the quotation that is open; empty if none is. Quotations within it, of other marks, wait for that.
    private string closing = "";

    public override double Read(Rune character)
    {
        if (blankLines.EndsWith(character)) closing = "";
        else if (closing.Length == 0) closing = ClosingOf(character);
        else if (closing.EnumerateRunes().Contains(character)) closing = "";
        return closing.Length == 0 ? 0 : 1;
    }

    private static string ClosingOf(Rune opening) => opening.Value switch
    {
        '"' => "\"",
        '“' => "”",
        // German closes with what opens in English, others with what closes there.
        '„' => "“”",
        '«' => "»",
        '「' => "」",
        '『' => "』",
        '＂' => "＂",
        _ => "",
    };
}
