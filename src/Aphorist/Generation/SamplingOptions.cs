namespace Aphorist;

/// <summary>
/// How the next token is chosen. What is asked for is done in this order: bans and biases; repetition, frequency and presence penalties; temperature;
/// top-k; top-p; min-p; typical; then one of the tokens that are left is drawn. Each filter takes the probabilities as the one before left them,
/// adding up to 1 again. With everything at its default, a token is drawn with the model's own probabilities.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>The default options.</summary>
    public static SamplingOptions Default { get; } = new();

    /// <summary>Divides the logits: below 1 writes more surely, above 1 more boldly, 0 always takes the likeliest. 1 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not a number.</exception>
    public double Temperature
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The temperature must be 0 (always the likeliest token) or above.");
    } = 1.0;

    /// <summary>Temperatures that change in the course of a text, instead of <see cref="Temperature"/>. None by default.</summary>
    public TemperatureSchedule? Schedule { get; init; }

    /// <summary>Only the k likeliest tokens (Fan et al., 2018): 1 to the size of the vocabulary. 0, the default, for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int TopK
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Top-k must be at least 1, or 0 for all tokens.");
    }

    /// <summary>As few of the likeliest tokens as have at least this probability together (nucleus: Holtzman et al., 2020): above 0 to 1, all tokens, the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double TopP
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Top-p must be above 0 and at most 1, which keeps all tokens.");
    } = 1.0;

    /// <summary>Only tokens at least this many times as likely as the likeliest (Nguyen et al., 2024): 0, all tokens, the default, to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double MinP
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Min-p must be from 0, which keeps all tokens, to 1.");
    }

    /// <summary>The tokens about as surprising as is to be expected, which have at least this probability together (locally typical: Meister et al., 2023): above 0 to 1, all tokens, the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double TypicalP
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Typical-p must be above 0 and at most 1, which keeps all tokens.");
    } = 1.0;

    /// <summary>What the logits of recent tokens are divided by where positive, and multiplied by where negative (Keskar et al., 2019): 1, which changes nothing, the default, or above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double RepetitionPenalty
    {
        get;
        init => field = value >= 1 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The repetition penalty must be 1, which changes nothing, or above.");
    } = 1.0;

    /// <summary>What is taken from a token's logit for every time it occurred recently: 0, the default, or above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double FrequencyPenalty
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The frequency penalty must be 0, which changes nothing, or above.");
    }

    /// <summary>What is taken from a token's logit if it occurred recently, however often: 0, the default, or above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double PresencePenalty
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The presence penalty must be 0, which changes nothing, or above.");
    }

    /// <summary>How many tokens, of the prompt too, count as recent for the penalties; at least 1. 64 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int PenaltyWindow
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The penalties must look back at least 1 token.");
    } = 64;

    /// <summary>What is added to the logits of tokens, by their text: 1 makes a token e times as likely against the others. A word is meant with and without the space before it. None by default.</summary>
    public IReadOnlyDictionary<string, double> Bias { get; init; } = new Dictionary<string, double>();

    /// <summary>Tokens that are never written, by their text. None by default.</summary>
    public IReadOnlyCollection<string> Banned { get; init; } = [];

    /// <summary>The seed of the choices. 0 by default; the same seed writes the same text.</summary>
    public ulong Seed { get; init; }

    internal bool HasPenalties => RepetitionPenalty > 1 || FrequencyPenalty > 0 || PresencePenalty > 0;
}
