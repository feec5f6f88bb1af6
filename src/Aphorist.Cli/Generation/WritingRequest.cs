using Aphorist.Generation;

namespace Aphorist.Cli.Generation;

/// <summary>What a call of `aphorist generate` asks for.</summary>
internal sealed record WritingRequest
{
    public required string Model { get; init; }

    public required string Prompt { get; init; }

    public required int Length { get; init; }

    public required double Temperature { get; init; }

    public required ulong? Seed { get; init; }

    public required GenerationMode Mode { get; init; }

    public required string? Output { get; init; }

    public required UnknownCharacters Unknown { get; init; }

    public required bool Explain { get; init; }
}
