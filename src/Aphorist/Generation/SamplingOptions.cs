namespace Aphorist.Generation;

/// <summary>How the next token is chosen.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 writes more surely, above 1 more boldly, 0 always takes the likeliest. 1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not a number.</exception>
    public double Temperature
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The temperature must be 0 (always the likeliest token) or above.");
    } = 1.0;

    /// <summary>The seed of the choices. 0 by default; the same seed writes the same text.</summary>
    public ulong Seed { get; init; }
}
