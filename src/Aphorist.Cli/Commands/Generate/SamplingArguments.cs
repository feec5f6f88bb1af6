using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options that say how tokens are chosen.</summary>
internal static class SamplingArguments
{
    private static readonly NumberListOption Temperature = new(
        "--temperature", "t,...", "Below 1 writes more surely, above 1 more boldly, 0 always takes the likeliest token. Several, such as 0.2,0.5,1.0,1.2, write a text each, to compare. 1 by default.",
        value => value >= 0, "numbers from 0 up, such as 0.5 or 0.2,0.5,1.0");

    private static readonly NumberListOption Cycle = new(
        "--cycle", "t,...", "Temperatures that take turns, a token each, such as 0.5,0.5,1.2.", value => value >= 0, "numbers from 0 up, such as 0.5,0.5,1.2");

    private static readonly NumberListOption Ramp = new(
        "--ramp", "from,to", "A temperature that goes from one to another in the course of the text, such as 0.2,1.2.", value => value >= 0, "two numbers from 0 up, such as 0.2,1.2", 2, 2);

    private static readonly NumberOption<int> TopK = NumberOptions.Whole("--top-k", "Only the so many likeliest tokens. All by default.", 1);

    private static readonly NumberOption<double> TopP = NumberOptions.Real(
        "--top-p", "p", "As few of the likeliest tokens as have this probability together. 1, all, by default.", value => value > 0 && value <= 1, "a number above 0, up to 1");

    private static readonly NumberOption<double> MinP = NumberOptions.Real(
        "--min-p", "p", "Only tokens at least so many times as likely as the likeliest. 0, all, by default.", value => value >= 0 && value <= 1, "a number from 0 to 1");

    private static readonly NumberOption<double> Typical = NumberOptions.Real(
        "--typical", "p", "The tokens about as surprising as is to be expected that have this probability together. 1, all, by default.", value => value > 0 && value <= 1, "a number above 0, up to 1");

    private static readonly NumberOption<double> Repetition = NumberOptions.Real(
        "--repetition-penalty", "x", "Divides the logits of recent tokens, or multiplies them if negative. 1, which changes nothing, by default.", value => value >= 1, "a number from 1 up");

    private static readonly NumberOption<double> Frequency = NumberOptions.Real(
        "--frequency-penalty", "x", "Taken from a token's logit for each time it occurred recently. 0 by default.", value => value >= 0, "a number from 0 up");

    private static readonly NumberOption<double> Presence = NumberOptions.Real(
        "--presence-penalty", "x", "Taken from a token's logit if it occurred recently. 0 by default.", value => value >= 0, "a number from 0 up");

    private static readonly NumberOption<int> Window = NumberOptions.Whole("--penalty-window", "How many tokens are recent. 64 by default.", 1);

    private static readonly Option<string[]> Ban = new("--ban") { Description = "A token, a character or word, never to write; may be given several times. \\n is a line break.", HelpName = "token" };

    private static readonly Option<string[]> Bias = new("--bias")
    {
        Description = "A token and what to add to its logit, such as \"e=-2\"; may be given several times.",
        HelpName = "token=x",
    };

    private static readonly NumberOption<ulong> Seed = NumberOptions.Seed(
        "--seed", "The seed of the choices; the same seed writes the same text. By default a random one, told on standard error.");

    // A thousand million seeds are plenty, and short enough to type again.
    private const int RandomSeeds = 1_000_000_000;

    /// <summary>Those that hold whatever the temperature is.</summary>
    public static IReadOnlyList<Option> Lasting { get; } = [TopK, TopP, MinP, Typical, Repetition, Frequency, Presence, Window, Ban, Bias];

    public static IReadOnlyList<Option> All { get; } = [Temperature, Cycle, Ramp, .. Lasting, Seed];

    /// <summary>Whether the call names a seed.</summary>
    public static bool HasSeed(ParseResult call) => Seed.GetValue(call) is not null;

    /// <summary>The options of each text, one for each temperature.</summary>
    /// <param name="call">The call.</param>
    /// <param name="length">How many tokens are written, over which a ramp runs.</param>
    public static IReadOnlyList<GenerationOptions> Of(ParseResult call, int length)
    {
        double[] temperatures = Temperature.GetValue(call) ?? [1.0];
        Check(call, temperatures);
        GenerationOptions options = new()
        {
            TemperatureSchedule = ScheduleOf(call, length),
            TopK = TopK.GetValue(call) ?? 0,
            TopP = TopP.GetValue(call) ?? 1,
            MinP = MinP.GetValue(call) ?? 0,
            TypicalP = Typical.GetValue(call) ?? 1,
            RepetitionPenalty = Repetition.GetValue(call) ?? 1,
            FrequencyPenalty = Frequency.GetValue(call) ?? 0,
            PresencePenalty = Presence.GetValue(call) ?? 0,
            PenaltyWindow = Window.GetValue(call) ?? 64,
            BannedTokens = [.. (call.GetValue(Ban) ?? []).Select(EscapedText.Read)],
            LogitBias = BiasOf(call.GetValue(Bias) ?? []),
            Seed = Seed.GetValue(call) ?? (ulong)Random.Shared.Next(RandomSeeds),
        };
        return [.. temperatures.Select(temperature => options with { Temperature = temperature })];
    }

    /// <summary>The name of the first of these options that the call has; null if it has none.</summary>
    public static string? NameOfGiven(ParseResult call) => All.FirstOrDefault(option => call.GetResult(option) is not null)?.Name;

    private static void Check(ParseResult call, double[] temperatures)
    {
        string? schedule = Cycle.GetValue(call) is not null ? Cycle.Name : Ramp.GetValue(call) is not null ? Ramp.Name : null;
        if (schedule is not null && Temperature.GetValue(call) is not null)
            throw new UsageException($"{schedule} says what the temperatures are, and so does {Temperature.Name}: leave one out.");
        if (Cycle.GetValue(call) is not null && Ramp.GetValue(call) is not null) throw new UsageException($"{Cycle.Name} and {Ramp.Name} contradict each other: leave one out.");
        Option? filter = ((Option[])[TopK, TopP, MinP, Typical]).FirstOrDefault(option => call.GetResult(option) is not null);
        if (filter is not null && schedule is null && temperatures.All(temperature => temperature == 0))
            throw new UsageException($"{Temperature.Name} 0 always takes the likeliest token, so {filter.Name} would change nothing: leave one out.");
        if (Window.GetValue(call) is not null && Repetition.GetValue(call) is null && Frequency.GetValue(call) is null && Presence.GetValue(call) is null)
            throw new UsageException($"{Window.Name} says how far penalties look back, and there is none: add {Repetition.Name}, {Frequency.Name} or {Presence.Name}.");
    }

    private static TemperatureSchedule? ScheduleOf(ParseResult call, int length) =>
        Cycle.GetValue(call) is double[] cycle ? TemperatureSchedule.Cycle(cycle)
        : Ramp.GetValue(call) is [double from, double to] ? TemperatureSchedule.Ramp(from, to, Math.Max(length, 2))
        : null;

    private static Dictionary<string, double> BiasOf(string[] words)
    {
        Dictionary<string, double> biases = [];
        foreach (string word in words)
        {
            int equals = word.LastIndexOf('=');
            if (equals < 1 || !double.TryParse(word.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double bias) || !double.IsFinite(bias))
                throw new UsageException($"{Bias.Name} takes a token and a number, such as \"e=-2\", not '{word}'.");
            if (!biases.TryAdd(EscapedText.Read(word[..equals]), bias)) throw new UsageException($"{Bias.Name} names '{word[..equals]}' twice: once is enough.");
        }

        return biases;
    }
}
