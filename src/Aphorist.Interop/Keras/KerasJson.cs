using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>Reads untrusted JSON: a missing or unexpected member is null.</summary>
internal static class KerasJson
{
    /// <summary>Parses a JSON document of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">The name of the document in the file.</param>
    /// <param name="text">The JSON text.</param>
    public static JsonElement Parse(string path, string what, string text)
    {
        try
        {
            JsonElement root = JsonElement.Parse(text);
            return root.ValueKind == JsonValueKind.Object ? root : throw new ModelFileException(path, $"its {what} is not a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new ModelFileException(path, $"its {what} is not JSON", exception);
        }
    }

    /// <summary>Returns a member that exists and is not null.</summary>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Returns a member that is a string.</summary>
    public static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? TextOf(value) : null;

    /// <summary>Returns a member that is a finite number.</summary>
    public static double? Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number)
            && double.IsFinite(number) ? number : null;

    /// <summary>Returns a member that is an object.</summary>
    public static JsonElement? Object(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>Returns a member that is an array.</summary>
    public static JsonElement? Array(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } value ? value : null;

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate, which JSON allows.
            return null;
        }
    }
}
