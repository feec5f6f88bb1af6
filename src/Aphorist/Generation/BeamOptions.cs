namespace Aphorist;

/// <summary>Options for a beam search, which looks for the most likely texts.</summary>
/// <remarks>A property that is set to a value out of its range throws <see cref="InvalidOptionsException"/>.</remarks>
public sealed record BeamOptions
{
    /// <summary>The number of partial texts that are extended at the same time: 1 to 4096. 1 is greedy search. 4 by default.</summary>
    public int BeamWidth { get; init => field = GenerationOptions.Check(value, value is >= 1 and <= 4096, "1 to 4096"); } = 4;

    /// <summary>
    /// The maximum number of texts to return: 1 to <see cref="BeamWidth"/>, because a search keeps no more. It may find fewer in a small
    /// vocabulary. 1 by default.
    /// </summary>
    public int ResultCount { get; init => field = GenerationOptions.Check(value, value >= 1, "1 or more"); } = 1;

    /// <summary>
    /// The exponent a of the score log P / ((5 + n) / 6)^a of a text with n tokens (Wu et al., 2016, "Google's neural machine translation
    /// system"): 0 to 10. 0 prefers short texts, 1 compares roughly the mean log-probability of a token. It matters only for texts that
    /// can end at a stop sequence. 0.6 by default.
    /// </summary>
    public double LengthPenalty { get; init => field = GenerationOptions.Check(value, value is >= 0 and <= 10, "0 to 10"); } = 0.6;

    /// <summary>Checks what no single property can check.</summary>
    /// <exception cref="InvalidOptionsException">Options contradict each other.</exception>
    internal void Validate()
    {
        if (ResultCount > BeamWidth)
            throw new InvalidOptionsException(
                $"ResultCount is {ResultCount}, but BeamWidth is only {BeamWidth}: a search finds at most as many texts as it has beams.",
                nameof(ResultCount));
    }
}

/// <summary>A text found by a beam search.</summary>
/// <param name="Text">The text, without the prompt and without the stop sequence that ended it.</param>
/// <param name="LogProbability">The natural logarithm of its probability after the prompt, tokens of the stop sequence included.</param>
/// <param name="TokenCount">The number of its tokens, tokens of the stop sequence included.</param>
/// <param name="Score">The number by which results are ordered; see <see cref="BeamOptions.LengthPenalty"/>.</param>
public sealed record BeamResult(string Text, double LogProbability, int TokenCount, double Score);
