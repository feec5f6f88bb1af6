using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>GRU layers, in both conventions of <see cref="ResetGate"/>. The state of a sequence is h.</summary>
internal sealed class GruKind : RecurrentKind
{
    public override int GateCount => 3;

    public override GateActivation DefaultGates => GateActivation.Sigmoid;

    // r, z and n.
    public override IReadOnlyList<(string Name, int Index)> Blocks { get; } = [("reset", 0), ("update", 1), (Candidate, 2)];

    public override IEnumerable<ModelSpec> Variants =>
        from residual in (bool[])[false, true]
        from gates in (GateActivation[])[GateActivation.Sigmoid, GateActivation.HardSigmoid]
        from reset in (ResetGate[])[ResetGate.After, ResetGate.Before]
        select new ModelSpec { Architecture = Architecture.Gru, ResetGate = reset, Gates = gates, Residual = residual };

    // Early files store an unused activation with a plain "gru", so the activation is a part of the name.
    public override string StoredName(ModelSpec spec) =>
        "gru" + (spec.ResetsBefore ? "-reset-before" : "")
        + (spec.Gates == GateActivation.HardSigmoid ? "-hard-sigmoid" : "") + (spec.Residual ? "-residual" : "");

    public override int StateSize(ModelSpec spec, int layer) => spec.HiddenSize;

    public override LayerTensors AddTensors(ModelLayout layout, ModelSpec spec, int layer, long inputs)
    {
        int gates = GateCount * spec.HiddenSize;
        return new LayerTensors(
            layout.Add($"gru.weight_ih_l{layer}", gates, inputs, transposed: true),
            layout.Add($"gru.weight_hh_l{layer}", gates, spec.HiddenSize, transposed: true),
            layout.Add($"gru.bias_ih_l{layer}", gates),
            layout.Add($"gru.bias_hh_l{layer}", gates));
    }

    public override TrainingLayer CreateTrainingLayer(RecurrentWeights layer, PackedWeights weights, int maxRows, int maxSteps)
    {
        (InstructionSet set, ModelSpec spec) = (weights.InstructionSet, weights.Model.Spec);
        return spec.ResetsBefore
            ? new GruResetBeforeTrainingLayer(layer, GruResetBeforeCell.Create(set, spec.Gates), maxRows, maxSteps)
            : new GruTrainingLayer(layer, GruCell.Create(set, spec.Gates), maxRows, maxSteps);
    }

    public override InferenceLayer CreateInferenceLayer(RecurrentWeights layer, PackedWeights weights, int rows)
    {
        (InstructionSet set, ModelSpec spec) = (weights.InstructionSet, weights.Model.Spec);
        return spec.ResetsBefore
            ? new GruResetBeforeInferenceLayer(layer, GruResetBeforeCell.Create(set, spec.Gates), rows)
            : new GruInferenceLayer(layer, GruCell.Create(set, spec.Gates), rows);
    }
}
