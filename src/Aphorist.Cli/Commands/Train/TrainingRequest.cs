using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>What a call of `aphorist train` asks for; null where it says nothing.</summary>
internal sealed record TrainingRequest
{
    public required IReadOnlyList<string> Corpus { get; init; }

    public string? Preset { get; init; }

    /// <summary>The text to measure on instead of a part of the corpus.</summary>
    public string? ValidationText { get; init; }

    /// <summary>The model to go on from with another corpus.</summary>
    public string? From { get; init; }

    public string? Run { get; init; }

    public string? Resume { get; init; }

    public string? Encoding { get; init; }

    public bool? Lowercase { get; init; }

    public bool Samples { get; init; }

    /// <summary>Gives the choice of tokens with what the call changes in it.</summary>
    public required Func<TokenizerOptions, TokenizerOptions> ChangeTokenizer { get; init; }

    /// <summary>Gives the shape with what the call changes in it.</summary>
    public required Func<ModelSpec, ModelSpec> Change { get; init; }

    /// <summary>Gives the options with what the call changes in them.</summary>
    public required Func<TrainingOptions, TrainingOptions> ChangeTraining { get; init; }
}
