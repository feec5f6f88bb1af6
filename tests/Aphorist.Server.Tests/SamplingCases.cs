using System.Text.Json;

namespace Aphorist.Server.Tests;

/// <summary>Fields of requests for completions, and the options of the library that mean the same.</summary>
/// <param name="Fields">The fields, as JSON.</param>
/// <param name="Options">The options.</param>
internal sealed record SamplingCase(string Fields, GenerationOptions Options)
{
    /// <summary>The fields of all requests that a case does not set itself.</summary>
    public static IReadOnlyDictionary<string, object> Defaults { get; } =
        new Dictionary<string, object> { ["prompt"] = "the cat", ["max_tokens"] = 60, ["seed"] = 5 };

    /// <summary>Cases that all give different texts, so that the server cannot ignore a field without notice.</summary>
    public static IReadOnlyList<SamplingCase> All { get; } =
    [
        Of(new { }, options => options),
        Of(new { seed = 6 }, options => options with { Seed = 6 }),
        Of(new { max_tokens = 300 }, options => options with { MaxTokens = 300 }),
        Of(new { temperature = 0 }, options => options with { Temperature = 0 }),
        Of(new { temperature = 0.5 }, options => options with { Temperature = 0.5 }),
        Of(new { temperature = 3 }, options => options with { Temperature = 3 }),
        Of(new { top_p = 0.5 }, options => options with { TopP = 0.5 }),
        Of(new { top_k = 2 }, options => options with { TopK = 2 }),
        Of(new { min_p = 0.3 }, options => options with { MinP = 0.3 }),
        Of(new { typical_p = 0.3 }, options => options with { TypicalP = 0.3 }),
        Of(new { repeat_penalty = 1.5 }, options => options with { RepetitionPenalty = 1.5 }),
        Of(new { repeat_penalty = 1.5, repeat_last_n = 3 }, options => options with { RepetitionPenalty = 1.5, PenaltyWindow = 3 }),
        Of(new { frequency_penalty = 1.5 }, options => options with { FrequencyPenalty = 1.5 }),
        Of(new { frequency_penalty = -0.5 }, options => options with { FrequencyPenalty = -0.5 }),
        Of(new { presence_penalty = 2 }, options => options with { PresencePenalty = 2 }),
        Of(new { presence_penalty = -2 }, options => options with { PresencePenalty = -2 }),
        Of(
            new { logit_bias = new Dictionary<string, double> { ["3"] = 3, ["5"] = -100 } },
            options => options with { LogitBiasById = new Dictionary<int, double> { [3] = 3, [5] = -100 } }),
    ];

    /// <summary>A whole request.</summary>
    /// <param name="more">Fields that replace those of the case.</param>
    public Dictionary<string, object> Request(params IEnumerable<(string Name, object Value)> more)
    {
        Dictionary<string, object> request = new(Defaults);
        using JsonDocument own = JsonDocument.Parse(Fields);
        foreach (JsonProperty field in own.RootElement.EnumerateObject()) request[field.Name] = field.Value.Clone();
        foreach ((string name, object value) in more) request[name] = value;
        return request;
    }

    private static SamplingCase Of(object fields, Func<GenerationOptions, GenerationOptions> options) =>
        new(JsonSerializer.Serialize(fields), options(new() { MaxTokens = 60, Seed = 5 }));
}
