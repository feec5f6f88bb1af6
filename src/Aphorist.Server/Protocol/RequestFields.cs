using System.Collections.Frozen;
using System.Globalization;
using static Aphorist.Server.Protocol.RequestKinds;

namespace Aphorist.Server.Protocol;

/// <summary>
/// All fields of the bodies of requests. Reading a body, refusing and ignoring fields, the table in docs/serve.md and the OpenAPI document
/// follow this table.
/// </summary>
internal static class RequestFields
{
    /// <summary>The most stop sequences.</summary>
    private const int MaxStops = 16;

    /// <summary>The most texts for one prompt.</summary>
    private const int MaxTextsPerPrompt = 128;

    // Each token of a text is compared with all of them.
    private const int MaxStopCharacters = 1000;

    private const double MaxPenalty = 2, MaxBias = 10_000;

    /// <summary>The fields, in the order of the documentation.</summary>
    public static IReadOnlyList<RequestField> All { get; } =
    [
        new("model", Both, "string", null, "The name of the model. An unknown name is answered with 404. Default: the only model.")
        {
            Read = (request, value) => request.Model = value.Text(),
        },
        new(
            "prompt", Completion, "string|array", "\"\"",
            "The text to continue, or a list of texts, a list of token ids, or a list of lists of token ids. With an empty prompt, the "
            + "model starts from a zero state. A character that the model does not know is answered with 400.")
        {
            Read = (request, value) => request.Prompts = PromptReader.Read(value, request.MaxTexts),
        },
        new(
            "messages", Chat, "array", null,
            "Required. The text of the last message, verbatim, is the prompt. Its content is a text, or a list of parts of type \"text\". "
            + "Earlier messages are ignored.")
        {
            Read = (request, value) => request.Prompts = [PromptReader.ReadMessages(value)],
        },
        new(
            "max_tokens", Both, "integer", "16",
            "The maximum number of tokens of each text: 0 up to the server's limit. With 0 and echo, the prompt is only scored.")
        {
            Read = (request, value) => request.SetMaxTokens(value), Property = nameof(GenerationOptions.MaxTokens),
        },
        new("max_completion_tokens", Chat, "integer", "16", "Another name of max_tokens.")
        {
            Read = (request, value) => request.SetMaxTokens(value),
        },
        new(
            "temperature", Both, "number", "1",
            "The number that logits are divided by: 0 or more; more than 2 is allowed. 0 always takes the most likely token.")
        {
            Read = (request, value) => request.Options = request.Options with { Temperature = value.Number() },
            Property = nameof(GenerationOptions.Temperature),
        },
        new("top_p", Both, "number", "1", "Keeps the most likely tokens with this total probability: 0 to 1. 0 keeps one token.")
        {
            // The library has no 0. The smallest probability keeps one token, too.
            Read = (request, value) => request.Options = request.Options with { TopP = Math.Max(value.Number(0, 1), double.Epsilon) },
            Property = nameof(GenerationOptions.TopP),
        },
        new("top_k", Both, "integer", "0", "Keeps the k most likely tokens. 0 or less keeps all.")
        {
            Read = (request, value) =>
                request.Options = request.Options with { TopK = Math.Max(0, value.Integer(int.MinValue, int.MaxValue)) },
            Property = nameof(GenerationOptions.TopK),
        },
        new("min_p", Both, "number", "0", "Keeps the tokens that are at least this many times as likely as the most likely one: 0 to 1.")
        {
            Read = (request, value) => request.Options = request.Options with { MinP = value.Number(0, 1) },
            Property = nameof(GenerationOptions.MinP),
        },
        new(
            "typical_p", Both, "number", "1",
            "Keeps the tokens whose surprisal is nearest to the entropy, with this total probability: greater than 0, at most 1.")
        {
            Read = (request, value) => request.Options = request.Options with { TypicalP = value.Number() },
            Property = nameof(GenerationOptions.TypicalP),
        },
        new("frequency_penalty", Both, "number", "0", "Subtracted from a token's logit for each of its recent occurrences: -2 to 2.")
        {
            Read = (request, value) =>
                request.Options = request.Options with { FrequencyPenalty = value.Number(-MaxPenalty, MaxPenalty) },
            Property = nameof(GenerationOptions.FrequencyPenalty),
        },
        new("presence_penalty", Both, "number", "0", "Subtracted once from the logit of each recent token: -2 to 2.")
        {
            Read = (request, value) => request.Options = request.Options with { PresencePenalty = value.Number(-MaxPenalty, MaxPenalty) },
            Property = nameof(GenerationOptions.PresencePenalty),
        },
        new(
            "repeat_penalty", Both, "number", "1",
            "Divides the positive logits of recent tokens, and multiplies negative ones: 1 to 10000.")
        {
            Read = (request, value) => request.Options = request.Options with { RepetitionPenalty = value.Number() },
            Property = nameof(GenerationOptions.RepetitionPenalty),
        },
        new(
            "repeat_last_n", Both, "integer", "64",
            "The number of last tokens, prompt included, that count as recent for the three penalties: 1 to 1000000. 0 turns the penalties "
            + "off, and -1 stands for 1000000.")
        {
            Read = (request, value) => request.SetPenaltyWindow(value),
            Property = nameof(GenerationOptions.PenaltyWindow),
        },
        new(
            "logit_bias", Both, "object", "{}",
            "Numbers that are added to the logits of tokens, by the model's token ids: {\"17\": -100}. -10000 to 10000 each.")
        {
            Read = (request, value) => request.Options = request.Options with { LogitBiasById = ReadBiases(value) },
            Property = nameof(GenerationOptions.LogitBiasById),
        },
        new("seed", Both, "integer", null, "The same seed gives the same text. Text i of a prompt has the seed plus i. Default: random.")
        {
            Read = (request, value) => request.Options = request.Options with { Seed = ReadSeed(value) },
            Property = nameof(GenerationOptions.Seed),
        },
        new(
            "stop", Both, "string|array", "[]",
            "A text, or up to 16 texts, that end the text: up to 1000 characters each. They are not part of it.")
        {
            Read = (request, value) => request.Options = request.Options with { StopSequences = ReadStops(value) },
            Property = nameof(GenerationOptions.StopSequences),
        },
        new(
            "n", Both, "integer", "1",
            "The number of texts for each prompt: 1 to 128. Text i of prompt p is choice p x n + i. All texts of a request must fit "
            + "into the server's queue.")
        {
            Read = (request, value) => request.TextsPerPrompt = value.Integer(1, MaxTextsPerPrompt),
        },
        new(
            "best_of", Completion, "integer", null,
            "The number of texts to generate for each prompt, of which the n with the highest mean log-probability per token are returned, "
            + "best first: n to 128. More than n is refused with stream. Default: n.")
        {
            Read = (request, value) => request.BestOf = value.Integer(1, MaxTextsPerPrompt),
        },
        new("stream", Both, "boolean", "false", "Whether the answer is a stream of server-sent events.")
        {
            Read = (request, value) => request.IsStreamed = value.Boolean(),
        },
        new(
            "stream_options", Both, "object", null,
            "{\"include_usage\": true} adds a last event with the usage and no choices. Refused without stream.")
        {
            Read = (request, value) => request.SetStreamOptions(value.Fields()),
        },
        new(
            "logprobs", Completion, "integer", null,
            "Returns each token with its log-probability and this many most likely tokens: 0 up to the size of the vocabulary. The "
            + "probabilities are the model's own, before temperature and all other options. Default: no log-probabilities.")
        {
            Read = (request, value) => request.Alternatives = value.Integer(0, int.MaxValue),
        },
        new("logprobs", Chat, "boolean", "false", "Whether each token is returned with its log-probability, the model's own.")
        {
            Read = (request, value) => request.HasLogprobs = value.Boolean(),
        },
        new(
            "top_logprobs", Chat, "integer", "0",
            "The number of most likely tokens to return with each token: 0 up to the size of the vocabulary. Needs logprobs.")
        {
            Read = (request, value) => request.Alternatives = value.Integer(0, int.MaxValue),
        },
        new("echo", Completion, "boolean", "false", "Whether the text starts with the prompt. With logprobs, the prompt is scored, too.")
        {
            Read = (request, value) => request.Echoes = value.Boolean(),
        },
        Ignored("user"),
        Ignored("metadata"),
        Ignored("store"),
        Ignored("cache_prompt"),
        Ignored("id_slot"),
        Refused("suffix", "The models cannot insert text before a suffix. Remove it."),
        Refused("grammar", "Grammars are not supported. Remove it."),
        Refused("json_schema", "JSON schemas are not supported. Remove it."),
        Refused("response_format", "Response formats are not supported: the answer is plain text. Remove it."),
        Refused("tools", "Tools are not supported. Remove them."),
    ];

    private static readonly FrozenDictionary<(string Name, RequestKinds Kind), RequestField> ByName = All
        .SelectMany(field => new[] { Completion, Chat }.Where(kind => field.Kinds.HasFlag(kind)).Select(kind => (field.Name, kind, field)))
        .ToFrozenDictionary(entry => (entry.Name, entry.kind), entry => entry.field);

    /// <summary>Finds a field; null if the endpoint does not have it.</summary>
    public static RequestField? Find(string name, RequestKinds kind) => ByName.GetValueOrDefault((name, kind));

    /// <summary>Converts an error of the library, which names a property, to one that names the field.</summary>
    public static ApiException Translate(InvalidOptionsException exception)
    {
        string message = exception.Message, property = exception.PropertyName;
        string? field = All.FirstOrDefault(field => field.Property == property)?.Name;
        // Only at the start: what follows can contain words of the client.
        if (field is not null && message.StartsWith($"{property} ", StringComparison.Ordinal)) message = field + message[property.Length..];
        return new(400, message, field);
    }

    private static RequestField Ignored(string name) => new(name, Both, "", null, "Ignored.");

    private static RequestField Refused(string name, string why) => new(name, Both, "", null, $"Refused. {why}")
    {
        Read = (_, _) => throw new ApiException(400, $"{name} cannot be used. {why}", name, "unsupported_field"),
        IsRefused = true,
    };

    private static ulong? ReadSeed(FieldValue value)
    {
        // A decimal has all digits of 64 bits.
        if (!value.IsNumber || !value.Json.TryGetDecimal(out decimal seed) || seed != decimal.Truncate(seed)
            || seed < long.MinValue || seed > ulong.MaxValue) throw value.Wrong("an integer of 64 bits");
        // The API of OpenAI has negative seeds, too. They are as good as any.
        return seed < 0 ? unchecked((ulong)(long)seed) : (ulong)seed;
    }

    private static string[] ReadStops(FieldValue value)
    {
        if (value.IsString) return [ReadStop(value)];
        if (!value.IsList || value.Json.GetArrayLength() > MaxStops) throw value.Wrong($"a text or a list of at most {MaxStops} texts");
        return [.. value.Items().Select(ReadStop)];
    }

    private static string ReadStop(FieldValue value)
    {
        string stop = value.Text();
        int length = Logprobs.CountCharacters(stop);
        return length <= MaxStopCharacters
            ? stop
            : throw new ApiException(
                400, $"{value.Path} has {length} characters, but at most {MaxStopCharacters} are allowed.", value.Field);
    }

    private static Dictionary<int, double> ReadBiases(FieldValue value)
    {
        Dictionary<int, double> biases = [];
        foreach ((string name, FieldValue bias) in value.Fields())
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw new ApiException(400, $"A name in {value.Path} is not a token id: an integer from 0.", value.Field);
            biases[id] = bias.Number(-MaxBias, MaxBias);
        }

        return biases;
    }
}
