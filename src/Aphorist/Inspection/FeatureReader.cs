using System.Text;

namespace Aphorist.Inspection;

/// <summary>Computes several features over the tokens of a text.</summary>
internal sealed class FeatureReader(Tokenizer tokenizer, IReadOnlyList<TextFeature> features)
{
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly FeatureTrack[] tracks = [.. features.Select(feature => feature.CreateTrack())];
    private readonly double[] values = new double[features.Count];

    /// <summary>The values of the features at the last character. A token that completes no character does not change them.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>Reads the next token and returns the text that it completes.</summary>
    public string Read(int id)
    {
        string text = decoder.Append(id);
        foreach (Rune character in text.EnumerateRunes())
            for (int feature = 0; feature < tracks.Length; feature++) values[feature] = tracks[feature].Read(character);
        return text;
    }
}
