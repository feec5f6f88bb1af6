using System.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.PositionInWord"/>.</summary>
internal sealed class WordPositionTrack : FeatureTrack
{
    private readonly WordLength length = new();

    public override double Read(Rune character)
    {
        length.Read(character);
        return length.Current;
    }
}
