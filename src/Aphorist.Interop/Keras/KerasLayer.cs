using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>The configuration of one layer of a Keras model.</summary>
/// <param name="Path">The path or name of the file in error messages.</param>
/// <param name="Position">The position in the model, from 1.</param>
/// <param name="ClassName">The class in Keras, for example LSTM.</param>
/// <param name="Name">The name of the layer, which is also that of its weights in an HDF5 file.</param>
/// <param name="Config">The configuration.</param>
/// <param name="Wrapper">The class of the wrapper around it, for example TimeDistributed; null for none.</param>
internal sealed record KerasLayer(string Path, int Position, string ClassName, string Name, JsonElement Config, string? Wrapper = null)
{
    /// <summary>The value of an unspecified dimension.</summary>
    public const long Open = -1;

    // A language model needs no nested wrappers.
    private const string TimeDistributed = "TimeDistributed";

    /// <summary>Whether the layer is applied to every step.</summary>
    public bool IsTimeDistributed => Wrapper == TimeDistributed;

    /// <summary>The description of the layer in error messages.</summary>
    public string Title => $"layer {Position} ('{Name}', {(Wrapper is null ? ClassName : $"{Wrapper}({ClassName})")})";

    /// <summary>Reads an entry of the list of layers.</summary>
    public static KerasLayer Read(string path, int position, JsonElement element)
    {
        string className = KerasJson.Text(element, "class_name")
            ?? throw new ModelFileException(path, $"layer {position} of its configuration has no class_name");
        JsonElement config = KerasJson.Object(element, "config")
            ?? throw new ModelFileException(path, $"layer {position} ({className}) has no configuration");
        string name = KerasJson.Text(config, "name") ?? KerasJson.Text(element, "name") ?? className.ToLowerInvariant();
        KerasLayer layer = new(path, position, className, name, config);
        return className switch
        {
            TimeDistributed => layer.Unwrap(),
            // Keras 1 has its own class for this.
            "TimeDistributedDense" => layer with { ClassName = "Dense", Wrapper = TimeDistributed },
            _ => layer,
        };
    }

    /// <summary>Returns a number of the configuration, by its name in Keras 2 or in Keras 1; null if it is missing or null.</summary>
    public long? Number(string name, string? oldName = null) =>
        Find(name, oldName) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    /// <summary>Returns a required size.</summary>
    public long Size(string name, string? oldName = null) =>
        Number(name, oldName) is long size and > 0 ? size : throw Refused($"has no positive {name}");

    /// <summary>Whether a flag of the configuration is true; false if it is missing.</summary>
    public bool IsSet(string name) => Find(name, null)?.ValueKind == JsonValueKind.True;

    /// <summary>Whether a flag of the configuration is explicitly false.</summary>
    public bool IsOff(string name) => Find(name, null)?.ValueKind == JsonValueKind.False;

    /// <summary>
    /// Returns the name of an activation function, by the name of the member in Keras 2 or in Keras 1; null if it is missing or not a name.
    /// </summary>
    public string? Activation(string name, string? oldName = null) => Find(name, oldName) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Object } value => KerasJson.Text(value, "config") ?? KerasJson.Text(value, "class_name"),
        _ => null,
    };

    /// <summary>
    /// Returns the input shape without the batch, with <see cref="Open"/> for an unspecified dimension; null if the configuration has none.
    /// </summary>
    public long[]? InputShape()
    {
        JsonElement? shape = KerasJson.Array(Config, "batch_input_shape") ?? KerasJson.Array(Config, "batch_shape");
        return shape is { } found ? [.. found.EnumerateArray().Skip(1).Select(SizeOf)] : null;

        static long SizeOf(JsonElement size) => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value) ? value : Open;
    }

    /// <summary>Creates the exception for a layer that cannot be imported.</summary>
    /// <param name="reason">What is wrong and what to do, as the rest of a sentence after the name of the layer.</param>
    public ModelFileException Refused(string reason) => new(Path, $"{Title} {reason}");

    private KerasLayer Unwrap()
    {
        JsonElement inner = KerasJson.Object(Config, "layer") ?? throw Refused("contains no layer");
        KerasLayer layer = Read(Path, Position, inner);
        return layer.Wrapper is null
            ? layer with { Name = Name, Wrapper = ClassName }
            : throw Refused("contains another wrapper, which cannot be imported");
    }

    private JsonElement? Find(string name, string? oldName) =>
        KerasJson.Member(Config, name) ?? (oldName is null ? null : KerasJson.Member(Config, oldName));
}

/// <summary>An LSTM, GRU or SimpleRNN layer.</summary>
/// <param name="Layer">The configuration of the layer.</param>
/// <param name="Spec">The shape of a model with only this layer.</param>
/// <param name="ReturnsSequences">Whether the layer returns the outputs of all steps.</param>
/// <param name="GateScale">The factor for the weights of its gates; see <see cref="Read"/>.</param>
internal sealed record KerasRecurrentLayer(KerasLayer Layer, ModelSpec Spec, bool ReturnsSequences, float GateScale)
{
    // The hard sigmoid of Keras 3 is relu6(x + 3) / 6 = clip(x / 6 + 0.5, 0, 1). Ours, like that of Keras 1 and 2, is
    // clip(0.2 x + 0.5, 0, 1).
    public const float Keras3Slope = (float)(1 / 6.0 / 0.2);

    /// <summary>The class of vanilla RNNs in Keras.</summary>
    public const string SimpleRnn = "SimpleRNN";

    /// <summary>
    /// Reads the configuration. The hard sigmoid of Keras 3 at x is ours at 5/6 x, so the weights of its gates are scaled.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="isKeras3">Whether Keras 3 or later wrote it.</param>
    /// <exception cref="ModelFileException">The layer cannot be imported.</exception>
    public static KerasRecurrentLayer Read(KerasLayer layer, bool isKeras3)
    {
        CheckChoices(layer);
        ModelSpec spec = SpecOf(layer);
        return new(layer, spec, layer.IsSet("return_sequences"), isKeras3 && spec.Gates == GateActivation.HardSigmoid ? Keras3Slope : 1);
    }

    /// <summary>Whether a class is one of these layers.</summary>
    public static bool IsOne(string className) => className is "LSTM" or "GRU" or SimpleRnn;

    /// <summary>Returns the name of a gate activation in Keras.</summary>
    public static string NameOf(GateActivation gates) => gates == GateActivation.HardSigmoid ? "hard_sigmoid" : "sigmoid";

    /// <summary>Returns the name of the activation of an RNN in Keras.</summary>
    public static string NameOf(Activation activation) => activation == Activation.Relu ? "relu" : "tanh";

    /// <summary>Throws if the layer does not have the shape of the first one.</summary>
    public void CheckLike(KerasRecurrentLayer first)
    {
        if (Layer.ClassName != first.Layer.ClassName)
            throw Layer.Refused($"is of another class than {first.Layer.Title}, but all recurrent layers must be of the same class");
        if (Spec.HiddenSize != first.Spec.HiddenSize)
        {
            throw Layer.Refused(
                $"has {Spec.HiddenSize} units and {first.Layer.Title} has {first.Spec.HiddenSize}, but all recurrent layers must have "
                + "the same number");
        }

        if (Spec.Activation != first.Spec.Activation)
            throw Layer.Refused($"has another activation than {first.Layer.Title}, but all recurrent layers must have the same");
        if (Spec != first.Spec)
            throw Layer.Refused($"has other gates than {first.Layer.Title}, but all recurrent layers must have the same gates");
    }

    private static void CheckChoices(KerasLayer layer)
    {
        if (layer.Wrapper is not null) throw layer.Refused("is a recurrent layer in a wrapper, which cannot be imported");
        if (layer.IsSet("go_backwards")) throw layer.Refused("reads the sequence backwards (go_backwards), which cannot be imported");
        if (layer.IsSet("return_state")) throw layer.Refused("returns its state (return_state), which cannot be imported");
        if (layer.IsSet("time_major")) throw layer.Refused("reads time-major sequences (time_major), which cannot be imported");
    }

    private static ModelSpec SpecOf(KerasLayer layer)
    {
        string activation = layer.Activation("activation") ?? "tanh";
        if (layer.ClassName == SimpleRnn)
        {
            if (activation is not ("tanh" or "relu"))
                throw layer.Refused($"has the activation {activation}, but only tanh and relu can be imported");
            return new()
            {
                Architecture = Architecture.Rnn,
                HiddenSize = UnitsOf(layer),
                Activation = activation == "relu" ? Activation.Relu : Activation.Tanh,
            };
        }

        if (activation != "tanh") throw layer.Refused($"has the activation {activation}, but only tanh can be imported");
        bool isGru = layer.ClassName == "GRU";
        return new()
        {
            Architecture = isGru ? Architecture.Gru : Architecture.Lstm,
            HiddenSize = UnitsOf(layer),
            Gates = GatesOf(layer),
            // Before Keras 2.1.3 there was no such option, and GRUs reset before.
            ResetGate = isGru && !layer.IsSet("reset_after") ? ResetGate.Before : ResetGate.After,
        };
    }

    private static int UnitsOf(KerasLayer layer) => layer.Size("units", "output_dim") is long size and <= ModelSpec.MaxHiddenSize
        ? (int)size
        : throw layer.Refused($"has {layer.Size("units", "output_dim")} units, but {ModelSpec.MaxHiddenSize} is the maximum");

    private static GateActivation GatesOf(KerasLayer layer) => layer.Activation("recurrent_activation", "inner_activation") switch
    {
        "sigmoid" => GateActivation.Sigmoid,
        "hard_sigmoid" => GateActivation.HardSigmoid,
        string other => throw layer.Refused($"has the recurrent_activation {other}, but only sigmoid and hard_sigmoid can be imported"),
        null => throw layer.Refused("has no gate activation (recurrent_activation)"),
    };
}
