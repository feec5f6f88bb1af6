namespace Aphorist;

/// <summary>Which other program's model this one was made of: what its file tells of a past elsewhere.</summary>
public sealed record ModelOrigin
{
    /// <summary>The program that trained it, such as Keras.</summary>
    public required string Program { get; init; }

    /// <summary>That program's version; null if it is not known.</summary>
    public string? Version { get; init; }

    /// <summary>The name of the file that was imported, without its folder.</summary>
    public required string File { get; init; }

    /// <summary>That program's name of the optimizer; null if it is not known.</summary>
    public string? Optimizer { get; init; }

    /// <summary>The optimizer's learning rate; null if it is not known or changed with time.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The optimizer's weight decay, apart from the gradient; null if it has none.</summary>
    public double? WeightDecay { get; init; }
}
