using System.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.WordEnd"/>.</summary>
internal sealed class WordEndTrack : FeatureTrack
{
    private readonly WordLength length = new();

    public override double Read(Rune character)
    {
        int before = length.Current;
        length.Read(character);
        return before > 0 && length.Current == 0 ? 1 : 0;
    }
}
