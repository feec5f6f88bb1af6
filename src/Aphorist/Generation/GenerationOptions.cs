using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aphorist;

/// <summary>
/// Options for generating text: length, stop sequences, sampling, seed. With the default options, up to 400 tokens are drawn from the
/// model's own probabilities.
/// </summary>
/// <remarks>
/// <para>
/// Sampling works in this order: banned tokens and logit biases; repetition, frequency and presence penalties; temperature; top-k; top-p;
/// min-p; typical-p; then one of the remaining tokens is drawn. Each filter sees the remaining tokens' probabilities, normalized to 1.
/// </para>
/// <para>A property that is set to a value out of its range throws <see cref="InvalidOptionsException"/>.</para>
/// </remarks>
public sealed record GenerationOptions
{
    // Logits are single-precision numbers of a few dozen at most. Within these bounds no sum or product of them overflows.
    private const double MaxLogitChange = 10_000;
    private const int MaxPenaltyWindow = 1_000_000;

    /// <summary>
    /// The maximum number of tokens to generate: 0 or more. A token is a character, a word or a byte, depending on the tokenizer.
    /// 400 by default. Null means no limit, which only the streaming methods accept.
    /// </summary>
    public int? MaxTokens { get; init => field = Check(value, value is null or >= 0, "0 or more, or null for no limit"); } = 400;

    /// <summary>
    /// The number of tokens to generate before a stop sequence may end the text: 0 or more. Until then, tokens that would complete a stop
    /// sequence are not chosen, unless there are no others. 0 by default.
    /// </summary>
    public int MinTokens { get; init => field = Check(value, value >= 0, "0 or more"); }

    /// <summary>
    /// Texts that end the generated text. The stop sequence is not part of the result. Stop sequences are normalized like the model's
    /// corpus; each must be at least one character long and consist of characters that the model can generate. None by default.
    /// </summary>
    public IReadOnlyList<string> StopSequences { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>
    /// The number that logits are divided by: 0 or more. Lower values make likely tokens more likely, higher values make the text more
    /// varied, and 0 always takes the most likely token. 1 by default.
    /// </summary>
    public double Temperature { get; init => field = Check(value, value >= 0, "0 or more"); } = 1.0;

    /// <summary>A temperature for each token, used instead of <see cref="Temperature"/>. None by default.</summary>
    public TemperatureSchedule? TemperatureSchedule { get; init; }

    /// <summary>
    /// Keeps only the k most likely tokens (Fan et al., 2018, "Hierarchical neural story generation"): 1 to the vocabulary size.
    /// 0, the default, keeps all.
    /// </summary>
    public int TopK { get; init => field = Check(value, value >= 0, "1 or more, or 0 to keep all tokens"); }

    /// <summary>
    /// Keeps the smallest set of most likely tokens whose total probability is at least p (nucleus sampling: Holtzman et al., 2020, "The
    /// curious case of neural text degeneration"): greater than 0, at most 1. 1, the default, keeps all.
    /// </summary>
    public double TopP { get; init => field = Check(value, value is > 0 and <= 1, "greater than 0 and at most 1"); } = 1.0;

    /// <summary>
    /// Keeps only tokens that are at least p times as likely as the most likely one (Nguyen et al., 2024, "Turning up the heat"): 0 to 1.
    /// 0, the default, keeps all.
    /// </summary>
    public double MinP { get; init => field = Check(value, value is >= 0 and <= 1, "0 to 1"); }

    /// <summary>
    /// Keeps the smallest set of tokens whose total probability is at least p, starting with those whose surprisal is nearest to the
    /// entropy (Meister et al., 2023, "Locally typical sampling"): greater than 0, at most 1. 1, the default, keeps all.
    /// </summary>
    public double TypicalP { get; init => field = Check(value, value is > 0 and <= 1, "greater than 0 and at most 1"); } = 1.0;

    /// <summary>
    /// The number by which positive logits of recent tokens are divided and negative ones multiplied (Keskar et al., 2019, "CTRL"): 1 to
    /// 10,000. 1, the default, changes nothing.
    /// </summary>
    public double RepetitionPenalty
    {
        get;
        init => field = Check(value, value is >= 1 and <= MaxLogitChange, "1 to 10000");
    } = 1.0;

    /// <summary>
    /// The number subtracted from a token's logit for each of its recent occurrences: -10,000 to 10,000. A negative number makes
    /// repetitions more likely. 0 by default.
    /// </summary>
    public double FrequencyPenalty { get; init => field = Check(value, Math.Abs(value) <= MaxLogitChange, "-10000 to 10000"); }

    /// <summary>
    /// The number subtracted once from the logit of each recent token: -10,000 to 10,000. A negative number makes recent tokens more
    /// likely. 0 by default.
    /// </summary>
    public double PresencePenalty { get; init => field = Check(value, Math.Abs(value) <= MaxLogitChange, "-10000 to 10000"); }

    /// <summary>
    /// The number of last tokens, prompt included, that count as recent for the penalties: 1 to 1,000,000. 64 by default.
    /// </summary>
    public int PenaltyWindow { get; init => field = Check(value, value is >= 1 and <= MaxPenaltyWindow, "1 to 1000000"); } = 64;

    /// <summary>
    /// Numbers added to the logits of tokens, by the token's text: -10,000 to 10,000 each. Adding 1 multiplies a token's odds by e. For a
    /// word model, a word stands for its tokens with and without a leading space. None by default.
    /// </summary>
    public IReadOnlyDictionary<string, double> LogitBias
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (double bias in value.Values) CheckBias(bias);
            field = value;
        }
    } = new Dictionary<string, double>();

    /// <summary>Numbers added to the logits of tokens, by the token's id, as in <see cref="LogitBias"/>. None by default.</summary>
    public IReadOnlyDictionary<int, double> LogitBiasById
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (double bias in value.Values) CheckBias(bias);
            field = value;
        }
    } = new Dictionary<int, double>();

    /// <summary>Tokens that are never generated, by their text as in <see cref="LogitBias"/>. None by default.</summary>
    public IReadOnlyList<string> BannedTokens { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>What to do with characters or words of a prompt that the model does not know. An error by default.</summary>
    public UnknownCharacterPolicy UnknownCharacters { get; init; }

    /// <summary>
    /// The seed of the random choices. The same seed and options give the same text. Null, the default, takes a random seed for each call.
    /// </summary>
    public ulong? Seed { get; init; }

    internal bool HasPenalties => RepetitionPenalty > 1 || FrequencyPenalty != 0 || PresencePenalty != 0;

    /// <summary>Checks what no single property can check.</summary>
    /// <exception cref="InvalidOptionsException">Options contradict each other.</exception>
    internal void Validate()
    {
        if (MinTokens > MaxTokens)
            throw new InvalidOptionsException($"MinTokens is {MinTokens}, but MaxTokens is only {MaxTokens}.", nameof(MinTokens));
    }

    /// <summary>Checks that the length of a text has a limit.</summary>
    /// <exception cref="InvalidOptionsException"><see cref="MaxTokens"/> is null.</exception>
    internal void EnsureLimited()
    {
        if (MaxTokens is null)
            throw new InvalidOptionsException("MaxTokens is null, which only streams accept. Set a limit.", nameof(MaxTokens));
    }

    private static void CheckBias(double bias, [CallerMemberName] string property = "") =>
        Check(bias, Math.Abs(bias) <= MaxLogitChange, "-10000 to 10000; to exclude a token, use BannedTokens", property);

    /// <summary>Returns a value that is in range; otherwise throws an exception that names the property.</summary>
    internal static T Check<T>(T value, bool isInRange, string range, [CallerMemberName] string property = "") => isInRange
        ? value
        : throw new InvalidOptionsException(
            string.Create(CultureInfo.InvariantCulture, $"{property} is {value}. It must be {range}."), property);
}
