namespace Aphorist.Model.Layers;

/// <summary>The matrices of one layer packed for matrix products, and the workspaces that compute with them.</summary>
internal abstract class LayerWeights
{
    /// <summary>How many parts <see cref="Refresh"/> has, which can run in parallel.</summary>
    public const int Parts = 4;

    /// <summary>Packs one of the <see cref="Parts"/>.</summary>
    public abstract void Refresh(int part);

    /// <summary>The layer over whole sequences.</summary>
    /// <param name="weights">The whole model's, of which these are a part.</param>
    /// <param name="maxRows">The maximum number of sequences in a call.</param>
    /// <param name="maxSteps">The maximum number of steps.</param>
    public abstract TrainingLayer CreateLayer(PackedWeights weights, int maxRows, int maxSteps);

    /// <summary>What the layer remembers of so many texts that are read token by token.</summary>
    public abstract InferenceLayer CreateState(PackedWeights weights, int rows);
}
