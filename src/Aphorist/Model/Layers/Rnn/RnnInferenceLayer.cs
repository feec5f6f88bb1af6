using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Rnn;

/// <summary>The states of several texts in a vanilla RNN layer: h.</summary>
internal sealed unsafe class RnnInferenceLayer : InferenceLayer
{
    private readonly RecurrentWeights weights;
    private readonly RnnCell cell;
    private readonly int hiddenSize;
    private readonly AlignedArray sums, hidden;
    private readonly int[] zeros;

    public RnnInferenceLayer(RecurrentWeights weights, RnnCell cell, int rows)
    {
        (this.weights, this.cell, hiddenSize) = (weights, cell, weights.HiddenSize);
        sums = new AlignedArray(rows * hiddenSize);
        hidden = new AlignedArray(rows * hiddenSize);
        zeros = GC.AllocateArray<int>(rows, pinned: true);
    }

    public override void Clear() => hidden.Span.Clear();

    public override void Clear(int row) => hidden.Span.Slice(row * hiddenSize, hiddenSize).Clear();

    public override void CopyFrom(InferenceLayer other, int from, int to) =>
        ((RnnInferenceLayer)other).hidden.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(hidden.Span[(to * hiddenSize)..]);

    public override void Advance(LayerInput input, int first, int count)
    {
        nint state = (nint)first * hiddenSize;
        float* h = hidden.Pointer + state, z = sums.Pointer + state;
        if (!weights.ReadsTokens)
            weights.Gemm.Multiply(
                input.Vectors, weights.InputSize, 1, weights.InputKernel, z, hiddenSize, count, hiddenSize, weights.InputSize,
                accumulate: false);
        weights.Gemm.Multiply(
            h, hiddenSize, 1, weights.Recurrent, z, hiddenSize, count, hiddenSize, hiddenSize, accumulate: !weights.ReadsTokens);
        fixed (int* none = zeros)
            cell.Forward(z, weights.InputRows, weights.ReadsTokens ? input.Tokens : none, h, count, hiddenSize);
    }

    public override float* Output(int first) => hidden.Pointer + (nint)first * hiddenSize;

    public override ReadOnlySpan<float> Cells(int row) => hidden.Span.Slice(row * hiddenSize, hiddenSize);

    public override ReadOnlySpan<float> Gate(int row, int place) => throw new NotSupportedException("An RNN has no gates.");
}
