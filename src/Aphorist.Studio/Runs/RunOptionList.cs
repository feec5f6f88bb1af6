using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Training;

namespace Aphorist.Studio.Runs;

/// <summary>The options of a run as names and values, as they are in options.json.</summary>
public static class RunOptionList
{
    private static readonly string[] Derived = ["formatVersion", "corpusSha256", "validationSha256", "hasStartModel", "maxLayers", "receptiveField"];

    /// <summary>Lists the options that have a value.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(TrainingRunOptions options)
    {
        List<(string, string)> list = [];
        Add(list, "", JsonSerializer.SerializeToNode(options, JsonOptions));
        return list;
    }

    private static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private static void Add(List<(string, string)> list, string name, JsonNode? node)
    {
        string last = name.Split('.')[^1];
        if (node is null || Derived.Contains(last)) return;
        if (node is JsonObject children)
            foreach ((string key, JsonNode? value) in children) Add(list, name.Length == 0 ? key : $"{name}.{key}", value);
        else list.Add((name, node is JsonArray items ? string.Join(", ", items.Select(item => $"{item}")) : node.ToString()));
    }
}
