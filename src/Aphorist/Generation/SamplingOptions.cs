namespace Aphorist.Generation;

/// <summary>How the next character is chosen.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 writes more surely, above 1 more boldly, 0 always takes the likeliest. 1 by default.</summary>
    public double Temperature { get; init; } = 1.0;

    /// <summary>The seed of the choices. 0 by default; the same seed writes the same text.</summary>
    public ulong Seed { get; init; }
}
