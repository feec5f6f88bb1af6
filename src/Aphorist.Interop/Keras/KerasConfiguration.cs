using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>The configuration of a Keras model: its layers and its optimizer.</summary>
/// <param name="Path">The path or name of the file in error messages.</param>
/// <param name="Version">The version of Keras that wrote the file; null if unknown.</param>
/// <param name="Layers">The layers, starting at the input.</param>
internal sealed record KerasConfiguration(string Path, string? Version, IReadOnlyList<KerasLayer> Layers)
{
    /// <summary>The maximum number of layers. Four recurrent layers with everything that may be between them are far fewer.</summary>
    public const int MostLayers = 64;

    private static readonly Version FirstInOrder = new(2, 0, 6);

    /// <summary>The optimizer; null if the model was not compiled.</summary>
    public KerasOptimizer? Optimizer { get; private init; }

    /// <summary>Our names of the optimizer's moments; null if this library has no such optimizer.</summary>
    public IReadOnlyList<string>? Moments { get; private init; }

    /// <summary>Whether Keras 3 or later wrote the file.</summary>
    public bool IsKeras3 =>
        Version is { Length: > 0 } && char.IsAsciiDigit(Version[0]) && !Version.StartsWith("0.", StringComparison.Ordinal)
        && !Version.StartsWith("1.", StringComparison.Ordinal) && !Version.StartsWith("2.", StringComparison.Ordinal);

    /// <summary>Whether the optimizer sorted the weights by name, as up to Keras 2.0.5.</summary>
    public bool SortsWeights => System.Version.TryParse(Version, out Version? version) && version < FirstInOrder;

    /// <summary>Reads the configuration of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">The version of Keras.</param>
    /// <param name="model">The model configuration, with class_name and config.</param>
    /// <param name="training">The training configuration; null if there is none.</param>
    public static KerasConfiguration Read(string path, string? version, JsonElement model, JsonElement? training)
    {
        string kind = KerasJson.Text(model, "class_name")
            ?? throw new ModelFileException(path, "its configuration has no class_name, so it is not a Keras model");
        JsonElement[] elements = kind switch
        {
            "Sequential" => ListOf(path, KerasJson.Member(model, "config")),
            "Functional" or "Model" => KerasChain.Order(path, ListOf(path, KerasJson.Member(model, "config"))),
            _ => throw new ModelFileException(
                path,
                $"its model is of class {kind}, but only Sequential, Functional and Model can be imported; in Keras, build it as "
                + "a Sequential model and save that"),
        };
        KerasLayer[] layers = [.. elements.Select((element, index) => KerasLayer.Read(path, index + 1, element))];
        return training is not { } found
            ? new(path, version, layers)
            : new(path, version, layers) { Optimizer = KerasOptimizer.Read(found), Moments = KerasOptimizer.ReadMoments(found) };
    }

    /// <summary>Returns the list of layers: the configuration itself in Keras 1, a member of it in later versions.</summary>
    private static JsonElement[] ListOf(string path, JsonElement? config)
    {
        JsonElement list = config switch
        {
            { ValueKind: JsonValueKind.Array } found => found,
            { ValueKind: JsonValueKind.Object } found when KerasJson.Array(found, "layers") is { } layers => layers,
            _ => throw new ModelFileException(path, "its configuration has no list of layers"),
        };
        int count = list.GetArrayLength();
        return count is > 0 and <= MostLayers
            ? [.. list.EnumerateArray()]
            : throw new ModelFileException(path, $"its model has {count} layers, but only 1 to {MostLayers} can be imported");
    }
}

/// <summary>Orders the layers of a functional model, which must be a single chain.</summary>
internal static class KerasChain
{
    /// <summary>Returns the layers, starting at the input.</summary>
    /// <exception cref="ModelFileException">The model branches, merges, uses a layer twice or has no input.</exception>
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
                throw NoChain(path, source, "is the input of several layers");
            }
        }

        return Follow(path, first ?? throw new ModelFileException(path, "its model has no input layer"), nextOf, layers.Length);
    }

    private static JsonElement[] Follow(string path, JsonElement first, Dictionary<string, JsonElement> nextOf, int count)
    {
        // Removing the entries ends a cycle too.
        List<JsonElement> chain = [first];
        while (nextOf.Remove(NameOf(path, chain[^1]), out JsonElement next)) chain.Add(next);
        return chain.Count == count ? [.. chain] : throw new ModelFileException(
            path, $"its layers are not a chain: only {chain.Count} of {count} can be reached from the input");
    }

    private static string NameOf(string path, JsonElement layer) =>
        KerasJson.Text(layer, "name") ?? throw new ModelFileException(path, "a layer of its functional model has no name");

    /// <summary>Returns the name of the layer whose output a layer reads; null for an input.</summary>
    private static string? SourceOf(string path, JsonElement layer)
    {
        if (KerasJson.Array(layer, "inbound_nodes") is not { } nodes || nodes.GetArrayLength() == 0) return null;
        string name = NameOf(path, layer);
        if (nodes.GetArrayLength() > 1) throw NoChain(path, name, "is used more than once");
        List<string> sources = [];
        Collect(nodes[0], sources);
        return sources.Count == 1 ? sources[0] : throw NoChain(path, name, $"reads {sources.Count} layers");
    }

    /// <summary>
    /// Returns the sources of a node. Up to Keras 2 a node is [["name", 0, 0, {}]]; in Keras 3 its arguments contain tensors with a
    /// keras_history ["name", 0, 0].
    /// </summary>
    private static void Collect(JsonElement node, List<string> sources)
    {
        if (node.ValueKind == JsonValueKind.Array)
        {
            if (node.GetArrayLength() >= 3 && node[0].ValueKind == JsonValueKind.String && node[1].ValueKind == JsonValueKind.Number)
                sources.Add(node[0].ToString());
            else foreach (JsonElement part in node.EnumerateArray()) Collect(part, sources);
        }
        else if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in node.EnumerateObject()) Collect(member.Value, sources);
        }
    }

    private static ModelFileException NoChain(string path, string name, string reason) =>
        new(path, $"its layers are not a chain: '{name}' {reason}, and only a chain of layers can be imported");
}
