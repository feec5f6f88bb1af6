using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>Puts the layers of a functional model into the order in which a token passes them, if that is a single chain.</summary>
internal static class KerasChain
{
    /// <summary>The layers from the input on.</summary>
    /// <exception cref="ModelFileException">The model forks, joins, uses a layer twice or has none without an input.</exception>
    public static JsonElement[] Order(string path, JsonElement[] layers)
    {
        Dictionary<string, JsonElement> nextOf = new(StringComparer.Ordinal);
        JsonElement? first = null;
        foreach (JsonElement layer in layers)
        {
            if (SourceOf(path, layer) is not string source)
            {
                if (first is not null) throw NoChain(path, NameOf(path, layer), "is a second input");
                first = layer;
            }
            else if (!nextOf.TryAdd(source, layer))
            {
                throw NoChain(path, source, "goes to several layers");
            }
        }

        return Follow(path, first ?? throw new ModelFileException(path, "no layer of its model is an input"), nextOf, layers.Length);
    }

    private static JsonElement[] Follow(string path, JsonElement first, Dictionary<string, JsonElement> nextOf, int count)
    {
        // What is removed cannot be met again, so a ring ends too.
        List<JsonElement> chain = [first];
        while (nextOf.Remove(NameOf(path, chain[^1]), out JsonElement next)) chain.Add(next);
        return chain.Count == count ? [.. chain] : throw new ModelFileException(path, $"its layers are no chain: {chain.Count} of {count} can be reached from the input");
    }

    private static string NameOf(string path, JsonElement layer) =>
        KerasJson.Text(layer, "name") ?? throw new ModelFileException(path, "a layer of its functional model has no name");

    /// <summary>The layer that another reads; null for an input.</summary>
    private static string? SourceOf(string path, JsonElement layer)
    {
        if (KerasJson.Array(layer, "inbound_nodes") is not { } nodes || nodes.GetArrayLength() == 0) return null;
        string name = NameOf(path, layer);
        if (nodes.GetArrayLength() > 1) throw NoChain(path, name, "is used more than once");
        List<string> sources = [];
        Collect(nodes[0], sources);
        return sources.Count == 1 ? sources[0] : throw NoChain(path, name, $"reads {sources.Count} layers");
    }

    /// <summary>Up to Keras 2 a node is [["name", 0, 0, {}]]; in Keras 3 tensors with a keras_history ["name", 0, 0] stand among its arguments.</summary>
    private static void Collect(JsonElement node, List<string> sources)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            if (node.GetArrayLength() >= 3 && node[0].ValueKind == JsonValueKind.String && node[1].ValueKind == JsonValueKind.Number) sources.Add(node[0].ToString());
            else foreach (JsonElement part in node.EnumerateArray()) Collect(part, sources);
        }
        else if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in node.EnumerateObject()) Collect(member.Value, sources);
        }
    }

    private static ModelFileException NoChain(string path, string name, string reason) =>
        new(path, $"its layers are no chain: '{name}' {reason}, and only one layer after the other can be imported");
}
