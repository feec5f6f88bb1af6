namespace Aphorist.Inspection;

/// <summary>What of a text is inspected, and by which features.</summary>
public sealed record InspectionOptions
{
    /// <summary>The token at which reading begins, from 0, which is the default; what is before it is not read. The text is read from there to its end.</summary>
    public long Start { get; init; }

    /// <summary>Tokens from the start on whose activations are kept: 0 or more, 4000 by default. Each takes 4 bytes for every cell.</summary>
    public int Length { get; init; } = 4000;

    /// <summary>What the cells are compared with. <see cref="TextFeature.All"/> by default.</summary>
    public IReadOnlyList<TextFeature> Features { get; init; } = TextFeature.All;

    internal void Validate()
    {
        if (Start < 0) throw new ArgumentException(FormattableString.Invariant($"The token to start at is {Start}; it must be at least 0."));
        if (Length < 0) throw new ArgumentException(FormattableString.Invariant($"The number of tokens whose activations are kept is {Length}; it must be at least 0."));
    }
}
