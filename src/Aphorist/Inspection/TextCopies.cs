namespace Aphorist.Inspection;

/// <summary>What <see cref="CopyFinder"/> counts and returns.</summary>
public sealed record CopyOptions
{
    /// <summary>
    /// The minimum length of a passage that counts as copied, in characters (Unicode scalar values). At least 1. Null, the default, is 40,
    /// or 15 for a corpus whose characters are mostly Chinese, Japanese or Korean. Shorter passages, such as common phrases, are also in
    /// texts that were not copied.
    /// </summary>
    public int? MinimumLength { get; init; }

    /// <summary>The number of passages to return for each text: 0 or more. 5 by default.</summary>
    public int MaxPassages { get; init; } = 5;

    internal void Validate()
    {
        if (MinimumLength < 1)
            throw new InvalidOptionsException(
                FormattableString.Invariant($"MinimumLength is {MinimumLength}; it must be at least 1."), nameof(MinimumLength));
        if (MaxPassages < 0)
            throw new InvalidOptionsException(
                FormattableString.Invariant($"MaxPassages is {MaxPassages}; it must be 0 or more."), nameof(MaxPassages));
    }
}

/// <summary>How much of a text occurs verbatim in a corpus.</summary>
public sealed record TextCopies
{
    /// <summary>The number of characters (Unicode scalar values) of the text.</summary>
    public required int CharacterCount { get; init; }

    /// <summary>The minimum length of a passage that counts as copied, see <see cref="CopyOptions.MinimumLength"/>.</summary>
    public required int MinimumLength { get; init; }

    /// <summary>
    /// The number of its characters that are in a passage of at least <see cref="MinimumLength"/> characters that occurs in the corpus.
    /// </summary>
    public required int CopiedCharacters { get; init; }

    /// <summary>The share of copied characters, from 0 to 1. 0 for an empty text.</summary>
    public double Share => CharacterCount == 0 ? 0 : (double)CopiedCharacters / CharacterCount;

    /// <summary>
    /// The longest passages that occur in the corpus, of any length, longest first. They differ and do not overlap, and none can be
    /// extended to either side.
    /// </summary>
    public required IReadOnlyList<CopiedPassage> Passages { get; init; }
}

/// <summary>A passage of a text that occurs verbatim in a corpus. All numbers count characters (Unicode scalar values) or lines.</summary>
/// <param name="Text">The passage.</param>
/// <param name="Start">The number of characters before it in the text.</param>
/// <param name="Length">Its number of characters.</param>
/// <param name="Source">The file of the corpus that it occurs in, or the name of the corpus.</param>
/// <param name="Line">The line of this file that it begins in, from 1.</param>
/// <param name="Position">The number of characters before it in the corpus. It may occur at other places too.</param>
public sealed record CopiedPassage(string Text, int Start, int Length, string Source, long Line, long Position);
