using System.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.PositionInLine"/>.</summary>
internal sealed class LinePositionTrack : FeatureTrack
{
    private long position;

    public override double Read(Rune character) => position = character.Value == '\n' ? 0 : position + 1;
}
