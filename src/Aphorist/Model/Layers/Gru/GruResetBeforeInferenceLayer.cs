using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>The states of several texts in a GRU layer that applies the reset gate before the product: h.</summary>
internal sealed unsafe class GruResetBeforeInferenceLayer : InferenceLayer
{
    private readonly RecurrentWeights weights;
    private readonly GruResetBeforeCell cell;
    private readonly int hiddenSize;
    private readonly AlignedArray sums, gates, hidden;
    private readonly int[] zeros;

    public GruResetBeforeInferenceLayer(RecurrentWeights weights, GruResetBeforeCell cell, int rows)
    {
        (this.weights, this.cell, hiddenSize) = (weights, cell, weights.HiddenSize);
        sums = new AlignedArray(rows * weights.Gates);
        gates = new AlignedArray(rows * 4 * hiddenSize);
        hidden = new AlignedArray(rows * hiddenSize);
        zeros = GC.AllocateArray<int>(rows, pinned: true);
    }

    public override void Clear() => hidden.Span.Clear();

    public override void Clear(int row) => hidden.Span.Slice(row * hiddenSize, hiddenSize).Clear();

    public override void CopyFrom(InferenceLayer other, int from, int to) =>
        ((GruResetBeforeInferenceLayer)other).hidden.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(hidden.Span[(to * hiddenSize)..]);

    public override void Advance(LayerInput input, int first, int count)
    {
        nint state = (nint)first * hiddenSize;
        float* h = hidden.Pointer + state, a = sums.Pointer + 3 * state, y = gates.Pointer + 4 * state;
        bool adds = !weights.ReadsTokens;
        if (adds)
            weights.Gemm.Multiply(
                input.Vectors, weights.InputSize, 1, weights.InputKernel, a, 3 * hiddenSize, count, 3 * hiddenSize, weights.InputSize,
                accumulate: false);
        weights.Gemm.Multiply(h, hiddenSize, 1, weights.Recurrent, a, 3 * hiddenSize, count, 2 * hiddenSize, hiddenSize, adds);
        fixed (int* none = zeros)
        {
            int* tokens = weights.ReadsTokens ? input.Tokens : none;
            cell.ForwardGates(a, weights.InputRows, tokens, weights.RecurrentBias, y, h, count, hiddenSize);
            weights.Gemm.Multiply(
                y + 3 * hiddenSize, 4 * hiddenSize, 1, weights.RecurrentCandidate, a + 2 * hiddenSize, 3 * hiddenSize, count, hiddenSize,
                hiddenSize, adds);
            cell.ForwardCandidate(a, weights.InputRows, tokens, weights.RecurrentBias, y, h, h, count, hiddenSize);
        }
    }

    public override float* Output(int first) => hidden.Pointer + (nint)first * hiddenSize;

    public override ReadOnlySpan<float> Cells(int row) => hidden.Span.Slice(row * hiddenSize, hiddenSize);

    public override ReadOnlySpan<float> Gate(int row, int place) => gates.Span.Slice((4 * row + place) * hiddenSize, hiddenSize);
}
