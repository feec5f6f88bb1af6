namespace Aphorist.Model.Layers;

/// <summary>The matrices of one layer in the forms that the products want, and what computes with them.</summary>
internal abstract class LayerWeights
{
    /// <summary>How many parts <see cref="Refresh"/> has, which may be made at the same time.</summary>
    public const int Parts = 4;

    /// <summary>Takes over one of the <see cref="Parts"/> as it is now.</summary>
    public abstract void Refresh(int part);

    /// <summary>The layer over whole sequences.</summary>
    /// <param name="weights">The whole model's, of which these are a part.</param>
    /// <param name="mostRows">The most sequences a call may bring.</param>
    /// <param name="mostSteps">The most steps.</param>
    public abstract TrainingLayer CreateLayer(PackedWeights weights, int mostRows, int mostSteps);

    /// <summary>What the layer remembers of so many texts that are read token by token.</summary>
    public abstract InferenceLayer CreateState(PackedWeights weights, int rows);
}
