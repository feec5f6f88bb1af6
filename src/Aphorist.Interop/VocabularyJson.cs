using System.Globalization;
using System.Text.Json;

namespace Aphorist.Interop;

/// <summary>Reads the vocabularies that programs save as JSON.</summary>
internal static class VocabularyJson
{
    /// <summary>The name of the unused id 0 where ids begin at 1.</summary>
    public const string UnusedZero = "id 0";

    private const int MaxDepth = 4;

    // JSON keeps the last of two members with the same name, which would hide a mistake.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    // The vocabulary itself before what can contain one.
    private static readonly string[] Names =
    [
        "token_to_idx", "char_to_idx", "char_to_id", "char_to_ix", "char_indices", "char2idx", "char2id", "char2int", "stoi", "word_index",
        "vocab", "idx_to_token", "idx_to_char", "id_to_char", "ix_to_char", "indices_char", "idx2char", "id2char", "int2char", "itos",
        "index_word", "vocabulary", "tokens", "characters", "chars", "model", "config", "tokenizer",
    ];

    /// <summary>Returns all entries and their ids.</summary>
    /// <exception cref="JsonException">The text is not such a document.</exception>
    /// <exception cref="InvalidOperationException">A string is not well formed.</exception>
    public static IReadOnlyList<(string Entry, int Id)> Read(string json) => Read(json, depth: 0);

    private static IReadOnlyList<(string Entry, int Id)> Read(string json, int depth)
    {
        using JsonDocument document = JsonDocument.Parse(json, Options);
        return Read(document.RootElement, depth);
    }

    private static IReadOnlyList<(string Entry, int Id)> Read(JsonElement element, int depth)
    {
        if (depth > MaxDepth) throw new JsonException();
        // Keras keeps the maps of a Tokenizer as strings of JSON.
        if (element.ValueKind == JsonValueKind.String && depth > 0) return Read(element.GetString()!, depth + 1);
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
            return [.. element.EnumerateArray().Select((entry, id) => (EntryOf(entry), id))];
        if (element.ValueKind != JsonValueKind.Object) throw new JsonException();
        foreach (string name in Names)
            if (element.TryGetProperty(name, out JsonElement inner) && CanHaveEntries(inner)) return Read(inner, depth + 1);
        return ReadMap(element);
    }

    private static bool CanHaveEntries(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => true,
        JsonValueKind.String => element.GetString() is ['{' or '[', _, ..],
        _ => false,
    };

    private static string EntryOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new JsonException();

    private static List<(string Entry, int Id)> ReadMap(JsonElement map)
    {
        List<(string Entry, int Id)> entries = [];
        foreach (JsonProperty member in map.EnumerateObject())
        {
            (string entry, string id) = member.Value.ValueKind == JsonValueKind.String
                ? (member.Value.GetString()!, member.Name)
                : (member.Name, member.Value.ToString());
            if (!int.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)) throw new JsonException();
            entries.Add((entry, value));
        }

        return entries.Count > 0 ? entries : throw new JsonException();
    }
}
