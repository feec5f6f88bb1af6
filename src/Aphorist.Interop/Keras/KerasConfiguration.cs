using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>What a Keras file says about its model: the layers in their order, and what trained them.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Version">The version of Keras that wrote it; null if the file does not say.</param>
/// <param name="Layers">The layers, from the input on.</param>
internal sealed record KerasConfiguration(string Path, string? Version, IReadOnlyList<KerasLayer> Layers)
{
    /// <summary>The most layers of a model. Four recurrent layers with all that may stand between them take far fewer.</summary>
    public const int MostLayers = 64;

    private static readonly Version FirstInOrder = new(2, 0, 6);

    /// <summary>The optimizer; null if the model was not compiled.</summary>
    public KerasOptimizer? Optimizer { get; private init; }

    /// <summary>What the optimizer remembers of each weight; null if it is none of ours.</summary>
    public IReadOnlyList<string>? Moments { get; private init; }

    /// <summary>Whether the file is of Keras 3 or later.</summary>
    public bool IsKeras3 => Version is { Length: > 0 } && char.IsAsciiDigit(Version[0]) && !Version.StartsWith("0.", StringComparison.Ordinal)
        && !Version.StartsWith("1.", StringComparison.Ordinal) && !Version.StartsWith("2.", StringComparison.Ordinal);

    /// <summary>Whether the optimizer had the weights in the order of their names: up to Keras 2.0.5.</summary>
    public bool SortsWeights => System.Version.TryParse(Version, out Version? version) && version < FirstInOrder;

    /// <summary>Reads the configuration of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">The version of Keras.</param>
    /// <param name="model">The document with class_name and config.</param>
    /// <param name="training">The document about the training; null if there is none.</param>
    public static KerasConfiguration Read(string path, string? version, JsonElement model, JsonElement? training)
    {
        string kind = KerasJson.Text(model, "class_name") ?? throw new ModelFileException(path, "its configuration has no class_name, so it is no Keras model");
        JsonElement[] elements = kind switch
        {
            "Sequential" => ListOf(path, KerasJson.Member(model, "config")),
            "Functional" or "Model" => KerasChain.Order(path, ListOf(path, KerasJson.Member(model, "config"))),
            _ => throw new ModelFileException(path, $"its model is a {kind} where Sequential, Functional and Model can be imported; in Keras, build it as a Sequential and save that"),
        };
        KerasLayer[] layers = [.. elements.Select((element, index) => KerasLayer.Read(path, index + 1, element))];
        return training is not { } found
            ? new(path, version, layers)
            : new(path, version, layers) { Optimizer = KerasOptimizer.Read(found), Moments = KerasOptimizer.ReadMoments(found) };
    }

    /// <summary>The list of layers: the configuration itself in Keras 1, a member of it since.</summary>
    private static JsonElement[] ListOf(string path, JsonElement? config)
    {
        JsonElement list = config switch
        {
            { ValueKind: JsonValueKind.Array } found => found,
            { ValueKind: JsonValueKind.Object } found when KerasJson.Array(found, "layers") is { } layers => layers,
            _ => throw new ModelFileException(path, "its configuration has no list of layers"),
        };
        int count = list.GetArrayLength();
        return count is > 0 and <= MostLayers ? [.. list.EnumerateArray()] : throw new ModelFileException(path, $"its model has {count} layers where 1 to {MostLayers} can be imported");
    }
}

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
