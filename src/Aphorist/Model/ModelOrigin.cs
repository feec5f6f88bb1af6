namespace Aphorist;

/// <summary>The program that a model was imported from. Model files keep it.</summary>
public sealed record ModelOrigin
{
    /// <summary>The name of the program that trained the model, for example Keras.</summary>
    public required string Program { get; init; }

    /// <summary>The version of that program; null if it is unknown.</summary>
    public string? Version { get; init; }

    /// <summary>The name of the imported file, without its folder.</summary>
    public required string File { get; init; }

    /// <summary>The name of the optimizer in that program; null if it is unknown.</summary>
    public string? Optimizer { get; init; }

    /// <summary>The learning rate; null if it is unknown or followed a schedule.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The decoupled weight decay; null if there was none.</summary>
    public double? WeightDecay { get; init; }
}
