namespace Aphorist;

/// <summary>A token of a text, and what the model thought of it just before: with its own probabilities, whatever strategy chose the token.</summary>
public sealed record ScoredToken
{
    /// <summary>What it adds to the text; the texts of all tokens joined are the whole. Of bytes that are a character only together, the last one has it and the others nothing.</summary>
    public required string Text { get; init; }

    /// <summary>The token as people can read it, as <see cref="Tokenizer.GetDisplayText"/> gives it.</summary>
    public required string DisplayText { get; init; }

    /// <summary>Its place in the vocabulary.</summary>
    public required int Id { get; init; }

    /// <summary>The natural logarithm of its probability: 0 where the model was certain of it, else below.</summary>
    public required double LogProbability { get; init; }

    /// <summary>How many tokens were likelier, and 1: the likeliest has rank 1.</summary>
    public required int Rank { get; init; }

    /// <summary>The surprise that was to be expected here, in nats: the mean of -<see cref="LogProbability"/> over all tokens, each as often as it is likely.</summary>
    public required double Entropy { get; init; }

    /// <summary>The likeliest tokens, in order; this one is among them where it was likely enough.</summary>
    public required IReadOnlyList<TokenCandidate> Alternatives { get; init; }

    /// <summary>Its surprise in bits, -log2 p (Shannon, 1948): 1 for a toss of a coin, 0 where the model was certain.</summary>
    public double Bits => -LogProbability / Math.Log(2);
}

/// <summary>A token that might have come.</summary>
/// <param name="Id">Its place in the vocabulary.</param>
/// <param name="DisplayText">The token as people can read it.</param>
/// <param name="Probability">How likely it was: 0 to 1.</param>
public sealed record TokenCandidate(int Id, string DisplayText, double Probability);
