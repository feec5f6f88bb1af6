namespace Aphorist.Model.Layers.Rnn;

/// <summary>Vanilla RNN layers, in both variants of <see cref="Activation"/>. The state of a sequence is h.</summary>
internal sealed class RnnKind : RecurrentKind
{
    public override int GateCount => 1;

    // An RNN has no gates. All specs of RNNs have this value.
    public override GateActivation DefaultGates => GateActivation.Sigmoid;

    public override IReadOnlyList<(string Name, int Index)> Blocks => [];

    public override IEnumerable<ModelSpec> Variants =>
        from residual in (bool[])[false, true]
        from activation in (Activation[])[Activation.Tanh, Activation.Relu]
        select new ModelSpec { Architecture = Architecture.Rnn, Activation = activation, Residual = residual };

    public override string StoredName(ModelSpec spec) =>
        "rnn" + (spec.Activation == Activation.Relu ? "-relu" : "") + (spec.Residual ? "-residual" : "");

    public override void Validate(ModelSpec spec)
    {
        if (!Enum.IsDefined(spec.Activation))
            throw ModelSpec.Invalid(
                nameof(spec.Activation), $"Activation is {(int)spec.Activation}, which is not a known activation");
        if (spec.Gates != GateActivation.Sigmoid)
            throw ModelSpec.Invalid(nameof(spec.Gates), $"Gates is for LSTM and GRU layers. An RNN has no gates; leave Gates unset");
    }

    public override int StateSize(ModelSpec spec, int layer) => spec.HiddenSize;

    // PyTorch has two biases; the engine keeps their sum.
    public override LayerTensors AddTensors(ModelLayout layout, ModelSpec spec, int layer, long inputs) => new(
        layout.Add($"rnn.weight_ih_l{layer}", spec.HiddenSize, inputs, transposed: true),
        layout.Add($"rnn.weight_hh_l{layer}", spec.HiddenSize, spec.HiddenSize, transposed: true),
        layout.Add($"rnn.bias_l{layer}", spec.HiddenSize, storedNames: [$"rnn.bias_ih_l{layer}", $"rnn.bias_hh_l{layer}"]),
        RecurrentBias: null);

    public override TrainingLayer CreateTrainingLayer(RecurrentWeights layer, PackedWeights weights, int maxRows, int maxSteps) =>
        new RnnTrainingLayer(layer, RnnCell.Create(weights.InstructionSet, weights.Model.Spec.Activation), maxRows, maxSteps);

    public override InferenceLayer CreateInferenceLayer(RecurrentWeights layer, PackedWeights weights, int rows) =>
        new RnnInferenceLayer(layer, RnnCell.Create(weights.InstructionSet, weights.Model.Spec.Activation), rows);
}
