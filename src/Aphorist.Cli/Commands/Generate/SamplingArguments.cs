using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options for sampling tokens.</summary>
internal static class SamplingArguments
{
    // Enough seeds, and short enough to type again.
    private const int RandomSeeds = 1_000_000_000;

    private const double MaximumPenalty = 10_000;

    private static readonly NumberListOption Temperature = new(
        "--temperature", "t,...",
        "Sampling temperature. Below 1 the text is more predictable, above 1 more varied; 0 always takes the most likely token. " +
        "Several values, such as 0.2,0.5,1.0, give one text each.",
        NumberRange.AtLeast(0), "1");

    private static readonly NumberListOption Cycle = new(
        "--cycle", "t,...", "Temperatures that alternate from token to token, such as 0.5,0.5,1.2.", NumberRange.AtLeast(0));

    private static readonly NumberListOption Ramp = new(
        "--ramp", "from,to", "A temperature that changes evenly from the first token to the last, such as 0.2,1.2.",
        NumberRange.AtLeast(0), count: 2);

    private static readonly NumberOption<int> TopK = NumberOptions.Whole("--top-k", "Keep only the k most likely tokens. Default: all.", 1);

    private static readonly NumberOption<double> TopP = NumberOptions.Real(
        "--top-p", "p", "Keep the smallest set of most likely tokens whose total probability is at least p. 1 keeps all.",
        NumberRange.Above(0, 1), 1);

    private static readonly NumberOption<double> MinP = NumberOptions.Real(
        "--min-p", "p", "Keep only tokens that are at least p times as likely as the most likely one. 0 keeps all.", new(0, 1), 0);

    private static readonly NumberOption<double> TypicalP = NumberOptions.Real(
        "--typical", "p",
        "Keep the smallest set of tokens whose total probability is at least p, starting with those whose surprisal is nearest to the " +
        "entropy. 1 keeps all.",
        NumberRange.Above(0, 1), 1).Sets(nameof(GenerationOptions.TypicalP));

    private static readonly NumberOption<double> RepetitionPenalty = NumberOptions.Real(
        "--repetition-penalty", "x", "Divide positive logits of recent tokens by x, and multiply negative ones. 1 changes nothing.",
        new(1, MaximumPenalty), 1);

    private static readonly NumberOption<double> FrequencyPenalty = NumberOptions.Real(
        "--frequency-penalty", "x", "Subtract x from a token's logit for each recent occurrence. A negative x makes repetitions likelier.",
        new(-MaximumPenalty, MaximumPenalty), 0);

    private static readonly NumberOption<double> PresencePenalty = NumberOptions.Real(
        "--presence-penalty", "x", "Subtract x once from the logit of each recent token. A negative x makes repetitions likelier.",
        new(-MaximumPenalty, MaximumPenalty), 0);

    private static readonly NumberOption<int> PenaltyWindow = NumberOptions.Whole(
        "--penalty-window", "Number of last tokens that count as recent for the penalties.", 1, 1_000_000, 64);

    private static readonly Option<string[]> Ban = new Option<string[]>("--ban")
    {
        Description = $"A token, that is a character or word, to never generate. Repeatable. {EscapedText.Help}",
        HelpName = "token",
    }.Sets(nameof(GenerationOptions.BannedTokens));

    private static readonly Option<string[]> Bias = new Option<string[]>("--bias")
    {
        Description = "A token and a number from -10000 to 10000 to add to its logit, such as \"e=-2\". Repeatable.",
        HelpName = "token=x",
    }.Sets(nameof(GenerationOptions.LogitBias));

    /// <summary>The temperature: constant, or one for each token.</summary>
    public static IReadOnlyList<Option> Temperatures { get; } = [Temperature, Cycle, Ramp];

    /// <summary>The options that exclude unlikely tokens.</summary>
    public static IReadOnlyList<Option> Filters { get; } = [TopK, TopP, MinP, TypicalP];

    /// <summary>The options that change logits.</summary>
    public static OptionGroup Penalties { get; } = new(
        "Penalties and biases", RepetitionPenalty, FrequencyPenalty, PresencePenalty, PenaltyWindow, Ban, Bias);

    public static NumberOption<ulong> Seed { get; } = NumberOptions.Seed(
        "--seed", "Random seed. The same seed and options give the same text. Default: a random seed, printed on standard error.");

    /// <summary>Whether the call has a seed.</summary>
    public static bool HasSeed(ParseResult call) => call.GetResult(Seed) is not null;

    /// <summary>Draws a random seed.</summary>
    public static ulong RandomSeed() => (ulong)Random.Shared.Next(RandomSeeds);

    /// <summary>Gets the name of the first of these options that the call has; null if it has none.</summary>
    public static string? FirstGiven(ParseResult call) =>
        ((Option[])[.. Temperatures, .. Filters, .. Penalties.Options, Seed])
            .FirstOrDefault(option => call.GetResult(option) is not null)?.Name;

    /// <summary>Adds the sampling options of a call: one result for each temperature.</summary>
    public static IReadOnlyList<GenerationOptions> Bind(ParseResult call, GenerationOptions options)
    {
        double[]? cycle = Cycle.GetValue(call), ramp = Ramp.GetValue(call);
        double[] temperatures = Temperature.GetValue(call) ?? [1.0];
        CheckTemperatures(call, temperatures);
        GenerationOptions common = BindCommon(call, options) with
        {
            TemperatureSchedule = cycle is not null ? TemperatureSchedule.Cycle(cycle)
                : ramp is [double from, double to] ? TemperatureSchedule.Ramp(from, to, Math.Max(options.MaxTokens ?? 0, 2))
                : null,
            Seed = Seed.GetValue(call) ?? RandomSeed(),
        };
        return [.. temperatures.Select(temperature => common with { Temperature = temperature })];
    }

    /// <summary>Adds the filters, penalties and biases of a call.</summary>
    public static GenerationOptions BindCommon(ParseResult call, GenerationOptions options)
    {
        Option[] penalties = [RepetitionPenalty, FrequencyPenalty, PresencePenalty];
        if (call.GetResult(PenaltyWindow) is not null && penalties.All(option => call.GetResult(option) is null))
        {
            string names = string.Join(" or ", penalties.Select(option => option.Name));
            throw new UsageException($"{PenaltyWindow.Name} has no effect without a penalty: add {names}.");
        }

        return options with
        {
            TopK = TopK.GetValue(call) ?? options.TopK,
            TopP = TopP.GetValue(call) ?? options.TopP,
            MinP = MinP.GetValue(call) ?? options.MinP,
            TypicalP = TypicalP.GetValue(call) ?? options.TypicalP,
            RepetitionPenalty = RepetitionPenalty.GetValue(call) ?? options.RepetitionPenalty,
            FrequencyPenalty = FrequencyPenalty.GetValue(call) ?? options.FrequencyPenalty,
            PresencePenalty = PresencePenalty.GetValue(call) ?? options.PresencePenalty,
            PenaltyWindow = PenaltyWindow.GetValue(call) ?? options.PenaltyWindow,
            BannedTokens = [.. (call.GetValue(Ban) ?? []).Select(EscapedText.Read)],
            LogitBias = ParseBiases(call.GetValue(Bias) ?? []),
        };
    }

    private static void CheckTemperatures(ParseResult call, double[] temperatures)
    {
        Option[] given = [.. Temperatures.Where(option => call.GetResult(option) is not null)];
        if (given.Length > 1)
            throw new UsageException($"{given[0].Name} and {given[1].Name} both set the temperature: remove one of them.");
        bool isGreedy = (given.Length == 0 || given[0] == Temperature) && temperatures.All(temperature => temperature == 0);
        if (isGreedy && Filters.FirstOrDefault(option => call.GetResult(option) is not null) is Option filter)
            throw new UsageException(
                $"{Temperature.Name} 0 always takes the most likely token, so {filter.Name} has no effect. Remove one of them.");
    }

    private static Dictionary<string, double> ParseBiases(string[] words)
    {
        Dictionary<string, double> biases = [];
        foreach (string word in words)
        {
            int equals = word.LastIndexOf('=');
            bool isNumber = double.TryParse(word.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double bias);
            if (equals < 1 || !isNumber || !double.IsFinite(bias))
                throw new UsageException(
                    $"{Bias.Name} takes a token and a number, such as \"e=-2\", not '{word}'.{DecimalComma.Hint(word[(equals + 1)..])}");
            if (!biases.TryAdd(EscapedText.Read(word[..equals]), bias))
                throw new UsageException($"{Bias.Name} has the token '{word[..equals]}' twice: remove one of them.");
        }

        return biases;
    }
}
