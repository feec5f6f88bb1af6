using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Aphorist.Server;

/// <summary>Converts the options of a chat to those of the library.</summary>
internal static class ChatOptionsReader
{
    public static GenerationOptions Read(ChatOptions? chat, IChatClient client)
    {
        if (chat is null) return new GenerationOptions();
        Refuse(chat.Tools is { Count: > 0 }, "tools");
        Refuse(chat.ResponseFormat is not (null or ChatResponseFormatText), "a response format other than text");
        Refuse(chat.ConversationId is not null, "stored conversations");
        GenerationOptions options = chat.RawRepresentationFactory?.Invoke(client) as GenerationOptions ?? new();
        return options with
        {
            MaxTokens = chat.MaxOutputTokens ?? options.MaxTokens,
            Temperature = Exact(chat.Temperature) ?? options.Temperature,
            TopP = Exact(chat.TopP) ?? options.TopP,
            TopK = chat.TopK ?? options.TopK,
            MinP = Number("min_p") ?? options.MinP,
            TypicalP = Number("typical_p") ?? options.TypicalP,
            RepetitionPenalty = Number("repeat_penalty") ?? options.RepetitionPenalty,
            PenaltyWindow = Integer("repeat_last_n") ?? options.PenaltyWindow,
            FrequencyPenalty = Exact(chat.FrequencyPenalty) ?? options.FrequencyPenalty,
            PresencePenalty = Exact(chat.PresencePenalty) ?? options.PresencePenalty,
            StopSequences = chat.StopSequences is { Count: > 0 } stops ? [.. stops] : options.StopSequences,
            Seed = chat.Seed is { } seed ? unchecked((ulong)seed) : options.Seed,
        };

        double? Number(string name)
        {
            object? value = null;
            if (chat.AdditionalProperties?.TryGetValue(name, out value) != true) return null;
            return value switch
            {
                null => null,
                double number => number,
                float number => Exact(number),
                decimal or int or long => Convert.ToDouble(value, CultureInfo.InvariantCulture),
                JsonElement { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
                JsonElement { ValueKind: JsonValueKind.Null } => null,
                _ => throw new ArgumentException($"The additional property '{name}' is '{value}'. It must be a number.", nameof(chat)),
            };
        }

        int? Integer(string name) => Number(name) is not { } number ? null
            : number is >= int.MinValue and <= int.MaxValue && number == Math.Truncate(number) ? (int)number
            : throw new ArgumentException($"The additional property '{name}' is '{number}'. It must be an integer.", nameof(chat));
    }

    // 0.7 as a float is not 0.7 as a double. The text must be the one that the library generates with 0.7.
    private static double? Exact(float? value) =>
        value is { } number ? double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    private static void Refuse(bool isSet, string what)
    {
        if (isSet) throw new NotSupportedException($"The options have {what}, which the models do not support.");
    }
}
