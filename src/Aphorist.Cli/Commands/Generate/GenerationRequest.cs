namespace Aphorist.Cli.Commands.Generate;

/// <summary>What a call of `aphorist generate` asks for.</summary>
internal sealed record GenerationRequest
{
    /// <summary>The model's file, as named.</summary>
    public required string Model { get; init; }

    /// <summary>What the text begins with, as given.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the model reads of it.</summary>
    public required string KnownPrompt { get; init; }

    /// <summary>The options, one for each text.</summary>
    public required IReadOnlyList<GenerationOptions> Options { get; init; }

    /// <summary>How to search for the likeliest texts, instead of sampling; null to sample.</summary>
    public required BeamOptions? Beams { get; init; }

    public required GenerationMode Mode { get; init; }

    /// <summary>How many texts.</summary>
    public required int Count { get; init; }

    /// <summary>Whether they differ from each other.</summary>
    public required bool Unique { get; init; }

    /// <summary>Whether each is one line, so that nothing needs to part them.</summary>
    public required bool AreLines { get; init; }

    /// <summary>The file to write into; null for standard output.</summary>
    public required string? Output { get; init; }
}
