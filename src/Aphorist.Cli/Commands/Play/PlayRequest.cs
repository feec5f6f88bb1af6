namespace Aphorist.Cli.Commands.Play;

/// <summary>What a call of `aphorist play` asks for.</summary>
internal sealed record PlayRequest
{
    public required string Model { get; init; }

    public required string Prompt { get; init; }

    public required GenerationOptions Sampling { get; init; }

    public required string? Output { get; init; }
}
