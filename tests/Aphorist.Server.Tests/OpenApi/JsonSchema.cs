using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Aphorist.Server.Tests.OpenApi;

/// <summary>
/// Compares answers with the schemas of a document: the keywords that these schemas use, and no property may be missing from them.
/// </summary>
internal sealed class JsonSchema(JsonObject document)
{
    /// <summary>Checks a value.</summary>
    /// <param name="name">The name of the schema.</param>
    /// <param name="value">The value.</param>
    public void Check(string name, JsonNode? value) => Check(document["components"]!["schemas"]![name]!.AsObject(), value, name);

    /// <summary>Follows a reference.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        if (node["$ref"] is not { } reference) return node;
        JsonNode? target = document;
        foreach (string part in reference.GetValue<string>().Split('/')[1..]) target = target?[part];
        Assert.True(target is JsonObject, $"{reference} leads nowhere.");
        return target!.AsObject();
    }

    private void Check(JsonObject schema, JsonNode? value, string place)
    {
        schema = Resolve(schema);
        if (schema["const"] is { } constant) Assert.True(JsonNode.DeepEquals(constant, value), $"{place} is {value?.ToJsonString()}.");
        if (schema["enum"] is JsonArray values)
            Assert.True(values.Any(one => JsonNode.DeepEquals(one, value)), $"{place} is {value?.ToJsonString()}.");
        if (schema["type"] is { } type)
        {
            string[] types = type is JsonArray several ? [.. several.Select(one => one!.GetValue<string>())] : [type.GetValue<string>()];
            string expected = string.Join(" or ", types);
            Assert.True(types.Any(one => Is(one, value)), $"{place} is {value?.ToJsonString()}, which is not {expected}.");
        }

        if (value is JsonArray items && schema["items"] is JsonObject itemSchema)
            for (int i = 0; i < items.Count; i++) Check(itemSchema, items[i], string.Create(CultureInfo.InvariantCulture, $"{place}[{i}]"));
        if (value is not JsonObject fields) return;
        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
            Assert.True(fields.ContainsKey(required!.GetValue<string>()), $"{place} has no {required}.");
        foreach ((string name, JsonNode? field) in fields)
        {
            JsonNode? known = schema["properties"]?[name] ?? schema["additionalProperties"];
            Assert.True(known is JsonObject, $"{place} has {name}, which the document does not have.");
            Check(known!.AsObject(), field, $"{place}.{name}");
        }
    }

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("integer", JsonValueKind.Number) => value!.GetValue<double>() is var number && number == Math.Floor(number),
        ("number", JsonValueKind.Number) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) => true,
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        _ => false,
    };
}
