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
