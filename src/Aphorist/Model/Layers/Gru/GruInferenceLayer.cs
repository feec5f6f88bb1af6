using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>The states of several texts in a GRU layer that applies the reset gate after the product: h.</summary>
internal sealed unsafe class GruInferenceLayer : InferenceLayer
{
    private readonly RecurrentWeights weights;
    private readonly GruCell cell;
    private readonly int hiddenSize;
    private readonly AlignedArray inputSums, recurrentSums, gates, hidden;
    private readonly int[] zeros;

    public GruInferenceLayer(RecurrentWeights weights, GruCell cell, int rows)
    {
        (this.weights, this.cell, hiddenSize) = (weights, cell, weights.HiddenSize);
        inputSums = new AlignedArray(rows * weights.Gates);
        recurrentSums = new AlignedArray(rows * weights.Gates);
        gates = new AlignedArray(rows * 4 * hiddenSize);
        hidden = new AlignedArray(rows * hiddenSize);
        zeros = GC.AllocateArray<int>(rows, pinned: true);
    }

    public override void Clear() => hidden.Span.Clear();

    public override void Clear(int row) => hidden.Span.Slice(row * hiddenSize, hiddenSize).Clear();

    public override void CopyFrom(InferenceLayer other, int from, int to) =>
        ((GruInferenceLayer)other).hidden.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(hidden.Span[(to * hiddenSize)..]);

    public override void Advance(LayerInput input, int first, int count)
    {
        nint state = (nint)first * hiddenSize;
        float* h = hidden.Pointer + state, a = inputSums.Pointer + 3 * state, u = recurrentSums.Pointer + 3 * state;
        if (!weights.ReadsTokens)
            weights.Gemm.Multiply(
                input.Vectors, weights.InputSize, 1, weights.InputKernel, a, 3 * hiddenSize, count, 3 * hiddenSize, weights.InputSize,
                accumulate: false);
        weights.Gemm.Multiply(h, hiddenSize, 1, weights.Recurrent, u, 3 * hiddenSize, count, 3 * hiddenSize, hiddenSize, accumulate: false);
        fixed (int* none = zeros)
        {
            cell.Forward(
                a, u, weights.InputRows, weights.ReadsTokens ? input.Tokens : none, weights.RecurrentBias, gates.Pointer + 4 * state, h, h,
                count, hiddenSize);
        }
    }

    public override float* Output(int first) => hidden.Pointer + (nint)first * hiddenSize;

    public override ReadOnlySpan<float> Cells(int row) => hidden.Span.Slice(row * hiddenSize, hiddenSize);

    public override ReadOnlySpan<float> Gate(int row, int place) => gates.Span.Slice((4 * row + place) * hiddenSize, hiddenSize);
}
