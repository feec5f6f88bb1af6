using System.Text;

namespace Aphorist.Inspection;

/// <summary>One way through a text, character by character, that tells a feature's value at each; see <see cref="TextFeature"/>. For one text at a time.</summary>
public abstract class FeatureTrack
{
    /// <summary>Reads one more character, and returns the feature's value there, which may hang on it and on those before it.</summary>
    public abstract double Read(Rune character);
}
