using System.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.Capital"/>.</summary>
internal sealed class CapitalTrack : FeatureTrack
{
    public override double Read(Rune character) => Rune.IsUpper(character) ? 1 : 0;
}
