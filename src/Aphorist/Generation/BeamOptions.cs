namespace Aphorist;

/// <summary>How a beam search looks for the likeliest text.</summary>
public sealed record BeamOptions
{
    /// <summary>Beginnings of texts that are followed at the same time: 1, which is greedy, or more. 4 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1 or above 4096.</exception>
    public int BeamWidth
    {
        get;
        init => field = value is >= 1 and <= 4096 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The width of a beam must be from 1 to 4096.");
    } = 4;

    /// <summary>Texts to return at most; at least 1. More than the width are not found for certain. 1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int ResultCount
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A beam search must return at least 1 text.");
    } = 1;

    /// <summary>
    /// a in what a text is ranked by, log P / ((5 + n) / 6)^a with n tokens (Wu et al., 2016): 0 prefers short texts, as their probabilities are, and 1 about the likeliest token on
    /// average. 0.6 by default. It matters only where texts may end early.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double LengthPenalty
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The length penalty must be 0 or above.");
    } = 0.6;
}

/// <summary>A text that a beam search found.</summary>
/// <param name="Text">The text, without the prompt and without the stop text that ended it.</param>
/// <param name="LogProbability">The natural logarithm of its probability after the prompt, the stop text's tokens included.</param>
/// <param name="TokenCount">Its tokens, those of the stop text included.</param>
/// <param name="Score">What it is ranked by.</param>
public sealed record BeamResult(string Text, double LogProbability, int TokenCount, double Score);
