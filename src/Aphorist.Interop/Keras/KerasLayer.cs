using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>One layer of a Keras model as its configuration tells it.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Position">Its place in the model, from 1.</param>
/// <param name="ClassName">Keras's name of its class, such as LSTM.</param>
/// <param name="Name">Its own name, under which an HDF5 file has its weights.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Wrapper">The class around it, such as TimeDistributed; null for none.</param>
internal sealed record KerasLayer(string Path, int Position, string ClassName, string Name, JsonElement Config, string? Wrapper = null)
{
    /// <summary>What stands for a length that a shape leaves open.</summary>
    public const long Open = -1;

    // Wrappers of wrappers are nothing that a model of text needs.
    private const string TimeDistributed = "TimeDistributed";

    /// <summary>Whether it is applied to every step.</summary>
    public bool IsTimeDistributed => Wrapper == TimeDistributed;

    /// <summary>The name of the file in error messages.</summary>
    public string Title => $"layer {Position} ('{Name}', {(Wrapper is null ? ClassName : $"{Wrapper}({ClassName})")})";

    /// <summary>Reads a layer of a model's list.</summary>
    public static KerasLayer Read(string path, int position, JsonElement element)
    {
        string className = KerasJson.Text(element, "class_name") ?? throw new ModelFileException(path, $"layer {position} of its configuration has no class_name");
        JsonElement config = KerasJson.Object(element, "config") ?? throw new ModelFileException(path, $"layer {position} ({className}) has no configuration");
        string name = KerasJson.Text(config, "name") ?? KerasJson.Text(element, "name") ?? className.ToLowerInvariant();
        KerasLayer layer = new(path, position, className, name, config);
        return className switch
        {
            TimeDistributed => layer.Unwrap(),
            // A class of its own in Keras 1.
            "TimeDistributedDense" => layer with { ClassName = "Dense", Wrapper = TimeDistributed },
            _ => layer,
        };
    }

    /// <summary>A number of the configuration, by its name in Keras 2 or the one that Keras 1 had; null where it is missing or null.</summary>
    public long? Number(string name, string? oldName = null) => Find(name, oldName) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    /// <summary>A size that the layer cannot do without.</summary>
    public long Size(string name, string? oldName = null) =>
        Number(name, oldName) is long size and > 0 ? size : throw Refused($"has no {name} above 0");

    /// <summary>A choice of the configuration; false where it is missing.</summary>
    public bool IsSet(string name) => Find(name, null)?.ValueKind == JsonValueKind.True;

    /// <summary>Whether a choice is said to be false.</summary>
    public bool IsOff(string name) => Find(name, null)?.ValueKind == JsonValueKind.False;

    /// <summary>The name of an activation function, by Keras 2's or Keras 1's name of the member; null where it is missing or not a plain name.</summary>
    public string? Activation(string name, string? oldName = null) => Find(name, oldName) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Object } value => KerasJson.Text(value, "config") ?? KerasJson.Text(value, "class_name"),
        _ => null,
    };

    /// <summary>The shape of what the layer reads, without the batch: null where the configuration does not say, with <see cref="Open"/> for a length that is left open.</summary>
    public long[]? InputShape()
    {
        JsonElement? shape = KerasJson.Array(Config, "batch_input_shape") ?? KerasJson.Array(Config, "batch_shape");
        return shape is { } found ? [.. found.EnumerateArray().Skip(1).Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value) ? value : Open)] : null;
    }

    /// <summary>Refuses the layer.</summary>
    /// <param name="reason">What it is or has, to follow its name, and what to do.</param>
    public ModelFileException Refused(string reason) => new(Path, $"{Title} {reason}");

    private KerasLayer Unwrap()
    {
        JsonElement inner = KerasJson.Object(Config, "layer") ?? throw Refused("has no layer in it");
        KerasLayer layer = Read(Path, Position, inner);
        return layer.Wrapper is null ? layer with { Name = Name, Wrapper = ClassName } : throw Refused("has another wrapper in it, which cannot be imported");
    }

    private JsonElement? Find(string name, string? oldName) => KerasJson.Member(Config, name) ?? (oldName is null ? null : KerasJson.Member(Config, oldName));
}

/// <summary>An LSTM or a GRU.</summary>
/// <param name="Layer">The layer in the configuration.</param>
/// <param name="Spec">The shape of a model of this one layer.</param>
/// <param name="ReturnsSequences">Whether it outputs its outputs of all steps.</param>
/// <param name="GateScale">What the sums of its gates are multiplied by, see <see cref="Read"/>.</param>
internal sealed record KerasRecurrentLayer(KerasLayer Layer, ModelSpec Spec, bool ReturnsSequences, float GateScale)
{
    // Keras 3 has relu6(x + 3) / 6, which is clip(x / 6 + 0.5, 0, 1); ours, and that of Keras 1 and 2, is clip(0.2 x + 0.5, 0, 1).
    public const float Keras3Slope = (float)(1 / 6.0 / 0.2);

    /// <summary>Reads the layer's configuration. Keras 3 has another hard sigmoid than we have, but it is ours of sums that are 5/6 as large: the gates' weights are scaled.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="isKeras3">Whether Keras 3 or later wrote it.</param>
    /// <exception cref="ModelFileException">The layer does what ours cannot.</exception>
    public static KerasRecurrentLayer Read(KerasLayer layer, bool isKeras3)
    {
        CheckChoices(layer);
        GateActivation gates = GatesOf(layer);
        bool isGru = layer.ClassName == "GRU";
        ModelSpec spec = new()
        {
            Architecture = isGru ? Architecture.Gru : Architecture.Lstm,
            HiddenSize = UnitsOf(layer),
            Gates = gates,
            // Before Keras 2.1.3 there was no choice, and the member is missing.
            ResetGate = isGru && !layer.IsSet("reset_after") ? ResetGate.Before : ResetGate.After,
        };
        return new(layer, spec, layer.IsSet("return_sequences"), isKeras3 && gates == GateActivation.HardSigmoid ? Keras3Slope : 1);
    }

    /// <summary>Keras's name of an activation of gates.</summary>
    public static string NameOf(GateActivation gates) => gates == GateActivation.HardSigmoid ? "hard_sigmoid" : "sigmoid";

    /// <summary>Refuses a layer that is not of the shape of the first one.</summary>
    public void CheckLike(KerasRecurrentLayer first)
    {
        if (Layer.ClassName != first.Layer.ClassName) throw Layer.Refused($"is another kind than {first.Layer.Title}, and all recurrent layers must be of one");
        if (Spec.HiddenSize != first.Spec.HiddenSize)
            throw Layer.Refused($"has {Spec.HiddenSize} units where {first.Layer.Title} has {first.Spec.HiddenSize}, and all recurrent layers must have as many");
        if (Spec != first.Spec) throw Layer.Refused($"has other gates than {first.Layer.Title}, and those of all recurrent layers must be the same");
    }

    private static void CheckChoices(KerasLayer layer)
    {
        if (layer.Wrapper is not null) throw layer.Refused("is a recurrent layer in a wrapper, which cannot be imported");
        if (layer.IsSet("go_backwards")) throw layer.Refused("reads the text backwards (go_backwards), which cannot be imported");
        if (layer.IsSet("return_state")) throw layer.Refused("returns its state (return_state), which cannot be imported");
        if (layer.IsSet("time_major")) throw layer.Refused("reads sequences that lie step by step (time_major), which cannot be imported");
        if (layer.Activation("activation") is string activation and not "tanh") throw layer.Refused($"has the activation {activation} where only tanh can be imported");
    }

    private static int UnitsOf(KerasLayer layer) => layer.Size("units", "output_dim") is long size and <= ModelSpec.MaxHiddenSize
        ? (int)size
        : throw layer.Refused($"has {layer.Size("units", "output_dim")} units where up to {ModelSpec.MaxHiddenSize} can be imported");

    private static GateActivation GatesOf(KerasLayer layer) => layer.Activation("recurrent_activation", "inner_activation") switch
    {
        "sigmoid" => GateActivation.Sigmoid,
        "hard_sigmoid" => GateActivation.HardSigmoid,
        string other => throw layer.Refused($"has the recurrent_activation {other} where sigmoid and hard_sigmoid can be imported"),
        null => throw layer.Refused("does not say the activation of its gates (recurrent_activation)"),
    };
}
