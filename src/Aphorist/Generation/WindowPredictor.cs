using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Predicts each character from a zero state over the last window of characters, as the notebook does.</summary>
/// <remarks>
/// The windows of neighbouring characters overlap, so the work is shared: for each of the last <c>Window</c> characters there is a state that
/// began with it. All of them read a new character together, as one matrix product; the oldest has then seen a whole window, predicts, and
/// begins anew. Each state takes exactly the steps it would take alone.
/// </remarks>
internal sealed unsafe class WindowPredictor : Predictor
{
    private readonly PackedParameters packed;
    private readonly Workers workers;
    private readonly LstmCell cell;
    private readonly int hiddenSize, window;
    private readonly int[] tokens;
    private readonly AlignedArray gates, hidden, cells, cellTanh, logits;
    private readonly Action<int, int> advance;
    private int position;
    private int rows;

    public WindowPredictor(LanguageModel model, PackedParameters packed, Workers workers, InstructionSet instructionSet)
    {
        (this.packed, this.workers) = (packed, workers);
        (hiddenSize, window) = (model.Spec.HiddenSize, model.Spec.Window);
        cell = LstmCell.Create(instructionSet, model.Spec.Gates);
        tokens = GC.AllocateArray<int>(window, pinned: true);
        gates = new AlignedArray(window * 4 * hiddenSize);
        hidden = new AlignedArray(window * hiddenSize);
        cells = new AlignedArray(window * hiddenSize);
        cellTanh = new AlignedArray(window * hiddenSize);
        logits = new AlignedArray(model.Vocabulary.Count);
        advance = Advance;
    }

    public override void Read(int id)
    {
        int newest = position % window;
        hidden.Span.Slice(newest * hiddenSize, hiddenSize).Clear();
        cells.Span.Slice(newest * hiddenSize, hiddenSize).Clear();
        position++;
        rows = Math.Min(position, window);
        tokens.AsSpan(0, rows).Fill(id);
        workers.Run(workers.Count, advance);
    }

    public override ReadOnlySpan<float> Predict()
    {
        int oldest = position < window ? 0 : position % window;
        packed.Decode(hidden.Pointer + (nint)oldest * hiddenSize, logits.Span);
        return logits.Span;
    }

    /// <summary>Advances one part of the states, as many parts as there are threads.</summary>
    private void Advance(int part, int worker)
    {
        int first = rows * part / workers.Count, count = rows * (part + 1) / workers.Count - first;
        if (count == 0) return;
        nint state = (nint)first * hiddenSize;
        float* partHidden = hidden.Pointer + state, partCells = cells.Pointer + state, partGates = gates.Pointer + 4 * state;
        packed.Gemm.Multiply(partHidden, hiddenSize, 1, packed.Recurrent, partGates, 4 * hiddenSize, count, 4 * hiddenSize, hiddenSize, accumulate: false);
        fixed (int* token = tokens)
            cell.Forward(partGates, partGates, packed.Inputs, token + first, partCells, partCells, cellTanh.Pointer + state, partHidden, count, hiddenSize);
    }
}
