namespace Aphorist;

/// <summary>The steps of sampling, in their order.</summary>
public enum SamplingStepKind
{
    /// <summary>The probabilities of the model, which no option has changed.</summary>
    Model,

    /// <summary>
    /// <see cref="GenerationOptions.BannedTokens"/>, <see cref="GenerationOptions.LogitBias"/> and
    /// <see cref="GenerationOptions.LogitBiasById"/>. The unknown token of a vocabulary of words is always banned.
    /// </summary>
    TokenBias,

    /// <summary><see cref="GenerationOptions.RepetitionPenalty"/>.</summary>
    RepetitionPenalty,

    /// <summary><see cref="GenerationOptions.FrequencyPenalty"/> and <see cref="GenerationOptions.PresencePenalty"/>.</summary>
    FrequencyPenalty,

    /// <summary><see cref="GenerationOptions.Temperature"/> or <see cref="GenerationOptions.TemperatureSchedule"/>.</summary>
    Temperature,

    /// <summary><see cref="GenerationOptions.TopK"/>.</summary>
    TopK,

    /// <summary><see cref="GenerationOptions.TopP"/>.</summary>
    TopP,

    /// <summary><see cref="GenerationOptions.MinP"/>.</summary>
    MinP,

    /// <summary><see cref="GenerationOptions.TypicalP"/>.</summary>
    TypicalP,
}

/// <summary>The probabilities of the next token after a step of sampling.</summary>
public sealed class SamplingStep
{
    private readonly double[] probabilities;

    internal SamplingStep(SamplingStepKind kind, double[] probabilities)
    {
        (Kind, this.probabilities) = (kind, probabilities);
        PossibleTokens = probabilities.Count(probability => probability > 0);
    }

    /// <summary>The step.</summary>
    public SamplingStepKind Kind { get; }

    /// <summary>
    /// Gets the probability of each token, by token id. Their sum is 1. A token that this step or one before it has removed has the
    /// probability 0.
    /// </summary>
    public ReadOnlySpan<double> Probabilities => probabilities;

    /// <summary>The number of tokens whose probability is above 0: 1 or more.</summary>
    public int PossibleTokens { get; }
}
