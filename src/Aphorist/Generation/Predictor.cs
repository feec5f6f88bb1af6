namespace Aphorist.Generation;

/// <summary>Reads tokens one by one, and tells at any time how likely each token is to come next.</summary>
internal abstract class Predictor : IDisposable
{
    /// <summary>Reads one more token.</summary>
    public abstract void Read(int id);

    /// <summary>The logits of the next token. Valid until the next call.</summary>
    public abstract ReadOnlySpan<float> Predict();

    /// <summary>A predictor that has read the same.</summary>
    public abstract Predictor Fork();

    /// <summary>Ends its threads, if it has any.</summary>
    public abstract void Dispose();
}
