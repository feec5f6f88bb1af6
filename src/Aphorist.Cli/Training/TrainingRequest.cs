using Aphorist.Model;
using Aphorist.Training;

namespace Aphorist.Cli.Training;

/// <summary>What a call of `aphorist train` asks for; null where it says nothing.</summary>
internal sealed record TrainingRequest
{
    public required IReadOnlyList<string> Corpus { get; init; }

    public string? Preset { get; init; }

    public int? Epochs { get; init; }

    public ulong? Seed { get; init; }

    public int? Threads { get; init; }

    public string? Run { get; init; }

    public string? Resume { get; init; }

    public string? Encoding { get; init; }

    public bool? Lowercase { get; init; }

    public double? Validation { get; init; }

    public int? Window { get; init; }

    public int? Step { get; init; }

    public GateActivation? Gates { get; init; }

    public double? LearningRate { get; init; }

    public int? Batch { get; init; }

    public bool? DivergenceGuard { get; init; }

    /// <summary>Seconds.</summary>
    public double? CheckpointInterval { get; init; }

    public bool Samples { get; init; }

    /// <summary>The shape with what the call changes in it.</summary>
    public ModelSpec Change(ModelSpec spec) => spec with { Window = Window ?? spec.Window, Gates = Gates ?? spec.Gates };

    /// <summary>The options with what the call changes in them.</summary>
    public TrainingOptions Change(TrainingOptions options) => options with
    {
        Epochs = Epochs ?? options.Epochs,
        Step = Step ?? options.Step,
        BatchSize = Batch ?? options.BatchSize,
        LearningRate = LearningRate ?? options.LearningRate,
        ValidationShare = Validation ?? options.ValidationShare,
        Seed = Seed ?? options.Seed,
        Threads = Threads ?? options.Threads,
        DivergenceGuard = DivergenceGuard ?? options.DivergenceGuard,
        CheckpointInterval = CheckpointInterval is double seconds ? TimeSpan.FromSeconds(seconds) : options.CheckpointInterval,
    };
}
