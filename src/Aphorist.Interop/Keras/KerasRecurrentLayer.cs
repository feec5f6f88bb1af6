namespace Aphorist.Interop.Keras;

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
