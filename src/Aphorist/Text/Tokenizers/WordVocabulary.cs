namespace Aphorist.Text.Tokenizers;

/// <summary>The tokens that were chosen from a text.</summary>
/// <param name="Tokens">The tokens in the order of their ids, the unknown token first.</param>
/// <param name="Spelling">What the words cost that are left out.</param>
internal sealed record WordVocabulary(IReadOnlyList<string> Tokens, SpellingModel Spelling);

/// <summary>The counts of a <see cref="SpellingModel"/>, as files keep them.</summary>
internal sealed record SpellingCounts
{
    /// <summary>The characters that occur, sorted by code point.</summary>
    public required string Characters { get; init; }

    /// <summary>How often each of them occurs.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>The number of words that they are from.</summary>
    public required long Words { get; init; }
}
