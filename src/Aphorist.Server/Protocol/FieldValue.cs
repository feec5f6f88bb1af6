using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Aphorist.Server.Protocol;

/// <summary>A value in the body of a request. Its readers throw an <see cref="ApiException"/> that names its place.</summary>
/// <param name="Json">The value.</param>
/// <param name="Path">Where it is: <c>messages[0].content</c>.</param>
internal readonly record struct FieldValue(JsonElement Json, string Path)
{
    private const int MaxShownBytes = 40;

    // More than the tokens of a vocabulary. Fields take more memory than their text.
    private const int MaxFields = 100_000;

    /// <summary>The field of the request that it is in, which an error names as its parameter.</summary>
    public string Field => Path.Split('.', '[')[0];

    public bool IsString => Json.ValueKind == JsonValueKind.String;

    public bool IsNumber => Json.ValueKind == JsonValueKind.Number;

    public bool IsList => Json.ValueKind == JsonValueKind.Array;

    public bool Boolean() => Json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    /// <summary>Reads an integer. One that is written as 1.0 or 1e3 is an integer, too.</summary>
    public int Integer(int min, int max) =>
        TryGetInteger(Json, min, max, out int value)
            ? value
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"an integer from {min} to {max}"));

    /// <summary>Reads an integer without the cost of a path.</summary>
    public static bool TryGetInteger(JsonElement json, int min, int max, out int integer)
    {
        integer = 0;
        if (json.ValueKind != JsonValueKind.Number) return false;
        if (json.TryGetInt32(out integer)) return integer >= min && integer <= max;
        if (!json.TryGetDouble(out double value) || value != Math.Floor(value) || value < min || value > max) return false;
        integer = (int)value;
        return true;
    }

    public double Number(double min, double max) =>
        Number() is double value && value >= min && value <= max
            ? value
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"));

    public double Number() =>
        IsNumber && Json.TryGetDouble(out double value) && double.IsFinite(value) ? value : throw Wrong("a number");

    public string Text()
    {
        if (!IsString) throw Wrong("a text");
        try
        {
            return Json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ApiException(400, $"{Path} contains half a surrogate pair, which is not a character. Send both halves.", Field);
        }
    }

    /// <summary>The values of a list.</summary>
    public IReadOnlyList<FieldValue> Items()
    {
        if (!IsList) throw Wrong("a list");
        List<FieldValue> items = new(Json.GetArrayLength());
        foreach (JsonElement item in Json.EnumerateArray()) items.Add(new(item, $"{Path}[{items.Count}]"));
        return items;
    }

    /// <summary>The fields of an object, in their order. Fields that are null are left out: they have the default.</summary>
    /// <exception cref="ApiException">A name occurs twice.</exception>
    public IReadOnlyDictionary<string, FieldValue> Fields()
    {
        if (Json.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        if (Json.GetPropertyCount() > MaxFields) throw new ApiException(400, $"An object has more than {MaxFields} fields.");
        Dictionary<string, FieldValue> fields = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonProperty property in Json.EnumerateObject())
        {
            string name = NameOf(property), path = Path.Length == 0 ? name : $"{Path}.{name}";
            if (!names.Add(name))
                throw new ApiException(400, $"{Shortened(path)} occurs twice. Send it once.", Shortened(Path.Length == 0 ? name : Field));
            if (property.Value.ValueKind != JsonValueKind.Null) fields.Add(name, new(property.Value, path));
        }

        return fields;
    }

    /// <summary>The error of a value that cannot be used.</summary>
    /// <param name="expected">What the value must be.</param>
    public ApiException Wrong(string expected) => new(400, $"{Path} is {Shown()}. It must be {expected}.", Field);

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw new ApiException(400, "The name of a field contains half a surrogate pair, which is not a character. Send both halves.");
        }
    }

    private static string Shortened(string text) => text.Length <= MaxShownBytes ? text : $"{text[..MaxShownBytes]}...";

    private string Shown()
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(Json);
        return Json.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ when raw.Length <= MaxShownBytes => Encoding.UTF8.GetString(raw),
            JsonValueKind.String => "a text",
            _ => "a long number",
        };
    }
}
