namespace Aphorist;

/// <summary>How a model was trained. Model files keep it.</summary>
public sealed record TrainingRecord
{
    /// <summary>The name of the corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>The SHA-256 of the normalized corpus, in hexadecimal.</summary>
    public required string CorpusSha256 { get; init; }

    /// <summary>The name of the preset that the training started from.</summary>
    public required string Preset { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of completed epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>The mean training loss of the last completed epoch, or of the first epoch so far, in nats per token.</summary>
    public required double Loss { get; init; }

    /// <summary>The validation loss of the last completed epoch, in nats per token; null if there was no validation set.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The version of Aphorist that trained the model.</summary>
    public required string Version { get; init; }
}
