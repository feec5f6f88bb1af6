using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Carries the state from character to character.</summary>
internal sealed unsafe class StatefulPredictor : Predictor
{
    private readonly PackedParameters packed;
    private readonly LstmCell cell;
    private readonly int hiddenSize, characters;
    private readonly AlignedArray gates, hidden, cells, cellTanh, logits;

    public StatefulPredictor(LanguageModel model, PackedParameters packed, InstructionSet instructionSet)
    {
        this.packed = packed;
        (hiddenSize, characters) = (model.Spec.HiddenSize, model.Vocabulary.Count);
        cell = LstmCell.Create(instructionSet, model.Spec.Gates);
        gates = new AlignedArray(4 * hiddenSize);
        hidden = new AlignedArray(hiddenSize);
        cells = new AlignedArray(hiddenSize);
        cellTanh = new AlignedArray(hiddenSize);
        logits = new AlignedArray(characters);
    }

    public override void Read(int id)
    {
        packed.Gemm.Multiply(hidden.Pointer, hiddenSize, 1, packed.Recurrent, gates.Pointer, 4 * hiddenSize, 1, 4 * hiddenSize, hiddenSize, accumulate: false);
        cell.Forward(gates.Pointer, gates.Pointer, packed.Inputs, &id, cells.Pointer, cells.Pointer, cellTanh.Pointer, hidden.Pointer, 1, hiddenSize);
    }

    public override ReadOnlySpan<float> Predict()
    {
        packed.Decode(hidden.Pointer, logits.Span);
        return logits.Span;
    }
}
