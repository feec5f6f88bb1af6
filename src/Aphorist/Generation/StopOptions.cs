namespace Aphorist;

/// <summary>Where a text ends before it has its full length.</summary>
public sealed record StopOptions
{
    /// <summary>Nowhere.</summary>
    public static StopOptions Never { get; } = new();

    /// <summary>At the end of the line.</summary>
    public static StopOptions AtLine { get; } = new() { Texts = ["\n"] };

    /// <summary>At the next empty line.</summary>
    public static StopOptions AtParagraph { get; } = new() { Texts = ["\n\n"] };

    /// <summary>Texts any of which ends what is written; it is not part of it. Normalised as the model's corpus was. None by default.</summary>
    public IReadOnlyCollection<string> Texts { get; init; } = [];

    /// <summary>Tokens to write at least: before, no token is chosen that would complete one of <see cref="Texts"/>, unless there is no other. 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int MinimumLength
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The least length must be 0 or more tokens.");
    }
}
