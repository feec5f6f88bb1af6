namespace Aphorist.Training;

/// <summary>The arenas that a run consists of, all of the parameters' layout.</summary>
/// <param name="Parameters">The parameters now.</param>
/// <param name="MeanSquare">The optimizer's moments now.</param>
/// <param name="GoodParameters">The parameters at the end of the last epoch.</param>
/// <param name="GoodMeanSquare">The moments at the end of the last epoch.</param>
internal sealed record TrainingArenas(
    Memory<float> Parameters, Memory<float> MeanSquare, Memory<float> GoodParameters, Memory<float> GoodMeanSquare)
{
    /// <summary>What a checkpoint calls them.</summary>
    public IReadOnlyList<(string Name, Memory<float> Values)> Named { get; } =
    [
        ("parameters", Parameters),
        ("rmsprop.mean_square", MeanSquare),
        ("good.parameters", GoodParameters),
        ("good.rmsprop.mean_square", GoodMeanSquare),
    ];

    /// <summary>Remembers the present as good.</summary>
    public void Keep()
    {
        Parameters.CopyTo(GoodParameters);
        MeanSquare.CopyTo(GoodMeanSquare);
    }

    /// <summary>Returns to what was good.</summary>
    public void Restore()
    {
        GoodParameters.CopyTo(Parameters);
        GoodMeanSquare.CopyTo(MeanSquare);
    }
}
