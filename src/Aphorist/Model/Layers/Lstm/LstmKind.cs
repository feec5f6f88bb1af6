namespace Aphorist.Model.Layers.Lstm;

/// <summary>LSTM layers. The state of a sequence is h and c.</summary>
internal sealed class LstmKind : RecurrentKind
{
    public override int GateCount => 4;

    public override GateActivation DefaultGates => GateActivation.HardSigmoid;

    // i, f, g and o.
    public override IReadOnlyList<(string Name, int Index)> Blocks { get; } =
        [("input", 0), ("forget", 1), (Candidate, 2), ("output", 3)];

    public override IEnumerable<ModelSpec> Variants => [new(), new() { Residual = true }];

    public override bool StoresGates => true;

    public override string StoredName(ModelSpec spec) => spec.Residual ? "lstm-residual" : "lstm";

    public override int StateSize(ModelSpec spec, int layer) => 2 * spec.HiddenSize;

    // PyTorch has two biases; the engine keeps their sum.
    public override LayerTensors AddTensors(ModelLayout layout, ModelSpec spec, int layer, long inputs)
    {
        int gates = GateCount * spec.HiddenSize;
        return new LayerTensors(
            layout.Add($"lstm.weight_ih_l{layer}", gates, inputs, transposed: true),
            layout.Add($"lstm.weight_hh_l{layer}", gates, spec.HiddenSize, transposed: true),
            layout.Add($"lstm.bias_l{layer}", gates, storedNames: [$"lstm.bias_ih_l{layer}", $"lstm.bias_hh_l{layer}"]),
            RecurrentBias: null);
    }

    public override void Initialize(Parameters parameters, LayerTensors tensors, int layer, ulong seed)
    {
        base.Initialize(parameters, tensors, layer, seed);
        int hidden = tensors.Bias.Rows / GateCount;
        // Forget gates start open.
        parameters.GetValues(tensors.Bias).Slice(hidden, hidden).Fill(1f);
    }

    public override TrainingLayer CreateTrainingLayer(RecurrentWeights layer, PackedWeights weights, int maxRows, int maxSteps) =>
        new LstmTrainingLayer(layer, LstmCell.Create(weights.InstructionSet, weights.Model.Spec.Gates), maxRows, maxSteps);

    public override InferenceLayer CreateInferenceLayer(RecurrentWeights layer, PackedWeights weights, int rows) =>
        new LstmInferenceLayer(layer, LstmCell.Create(weights.InstructionSet, weights.Model.Spec.Gates), rows);
}
