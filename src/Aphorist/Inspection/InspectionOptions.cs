namespace Aphorist.Inspection;

/// <summary>Options for inspecting the cells of a model: the part of the text and the features.</summary>
public sealed record InspectionOptions
{
    /// <summary>The index of the first token to read. 0 or more; 0 by default. Tokens are read from there to the end of the text.</summary>
    public long Start { get; init; }

    /// <summary>The number of tokens whose activations are kept. 0 or more; 4000 by default. Each token takes 4 bytes per cell.</summary>
    public int Length { get; init; } = 4000;

    /// <summary>
    /// The features to correlate the cells with. If null, the default, those of <see cref="TextFeature.ForScripts"/> for the text.
    /// </summary>
    public IReadOnlyList<TextFeature>? Features { get; init; }

    internal void Validate()
    {
        if (Start < 0)
            throw new InvalidOptionsException(FormattableString.Invariant($"Start is {Start}; it must be 0 or more."), nameof(Start));
        if (Length < 0)
            throw new InvalidOptionsException(FormattableString.Invariant($"Length is {Length}; it must be 0 or more."), nameof(Length));
    }
}
