using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>Looks into JSON of which nothing is known to be as it should.</summary>
internal static class KerasJson
{
    /// <summary>Parses one of a file's documents.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What the document is called there.</param>
    /// <param name="text">The document.</param>
    public static JsonElement Parse(string path, string what, string text)
    {
        try
        {
            JsonElement root = JsonElement.Parse(text);
            return root.ValueKind == JsonValueKind.Object ? root : throw new ModelFileException(path, $"its {what} is no JSON object");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new ModelFileException(path, $"its {what} is not JSON", exception);
        }
    }

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A member that is a string.</summary>
    public static string? Text(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.String } value ? TextOf(value) : null;

    /// <summary>A member that is a finite number.</summary>
    public static double? Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    /// <summary>A member that is an object.</summary>
    public static JsonElement? Object(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>A member that is an array.</summary>
    public static JsonElement? Array(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Array } value ? value : null;

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which JSON can spell but no string should hold.
            return null;
        }
    }
}
