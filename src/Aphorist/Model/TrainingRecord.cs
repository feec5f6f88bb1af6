namespace Aphorist;

/// <summary>How a model was trained: what its file tells about its past.</summary>
public sealed record TrainingRecord
{
    /// <summary>The corpus's name.</summary>
    public required string Corpus { get; init; }

    /// <summary>The SHA-256 of the normalised corpus.</summary>
    public required string CorpusSha256 { get; init; }

    /// <summary>The preset the training started from.</summary>
    public required string Preset { get; init; }

    /// <summary>The seed of everything random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Epochs completed.</summary>
    public required int Epochs { get; init; }

    /// <summary>Training loss of the last completed epoch, in nats per token.</summary>
    public required double Loss { get; init; }

    /// <summary>Validation loss of the last completed epoch, in nats per token, where a part was held out.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The version of Aphorist that trained the model.</summary>
    public required string Version { get; init; }
}
