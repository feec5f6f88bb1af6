namespace Aphorist.Model.Layers;

/// <summary>The weights of one layer, packed for matrix products. Creates the workspaces that compute with them.</summary>
internal abstract class LayerWeights
{
    /// <summary>The number of parts of <see cref="Refresh"/>, which can run in parallel.</summary>
    public const int Parts = 4;

    /// <summary>Packs one of the <see cref="Parts"/>.</summary>
    public abstract void Refresh(int part);

    /// <summary>Creates the workspace for whole sequences.</summary>
    /// <param name="weights">The weights of the whole model, which include these.</param>
    /// <param name="maxRows">The maximum number of sequences in a call.</param>
    /// <param name="maxSteps">The maximum number of steps.</param>
    public abstract TrainingLayer CreateLayer(PackedWeights weights, int maxRows, int maxSteps);

    /// <summary>Creates the states of a number of texts that are read token by token.</summary>
    public abstract InferenceLayer CreateState(PackedWeights weights, int rows);
}
