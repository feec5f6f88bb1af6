namespace Aphorist.Generation;

/// <summary>Reads characters one by one, and tells at any time how likely each character is to come next.</summary>
internal abstract class Predictor
{
    /// <summary>Reads one more character.</summary>
    public abstract void Read(int id);

    /// <summary>The logits of the next character. Valid until the next call.</summary>
    public abstract ReadOnlySpan<float> Predict();
}
