namespace Aphorist.Generation;

/// <summary>Reads tokens one by one, and tells at any time how likely each token is to come next.</summary>
internal abstract class Predictor
{
    /// <summary>Reads one more token.</summary>
    public abstract void Read(int id);

    /// <summary>The logits of the next token. Valid until the next call.</summary>
    public abstract ReadOnlySpan<float> Predict();
}
