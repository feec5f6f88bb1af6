using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Lstm;

/// <summary>The states of several texts in an LSTM layer: h and c.</summary>
internal sealed unsafe class LstmInferenceLayer : InferenceLayer
{
    private readonly RecurrentWeights weights;
    private readonly LstmCell cell;
    private readonly int hiddenSize;
    private readonly AlignedArray gates, hidden, cells, cellTanh;
    private readonly int[] zeros;

    public LstmInferenceLayer(RecurrentWeights weights, LstmCell cell, int rows)
    {
        (this.weights, this.cell, hiddenSize) = (weights, cell, weights.HiddenSize);
        gates = new AlignedArray(rows * weights.Gates);
        hidden = new AlignedArray(rows * hiddenSize);
        cells = new AlignedArray(rows * hiddenSize);
        cellTanh = new AlignedArray(rows * hiddenSize);
        zeros = GC.AllocateArray<int>(rows, pinned: true);
    }

    public override void Clear()
    {
        hidden.Span.Clear();
        cells.Span.Clear();
    }

    public override void Clear(int row)
    {
        hidden.Span.Slice(row * hiddenSize, hiddenSize).Clear();
        cells.Span.Slice(row * hiddenSize, hiddenSize).Clear();
    }

    public override void CopyFrom(InferenceLayer other, int from, int to)
    {
        LstmInferenceLayer source = (LstmInferenceLayer)other;
        source.hidden.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(hidden.Span[(to * hiddenSize)..]);
        source.cells.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(cells.Span[(to * hiddenSize)..]);
    }

    public override void Advance(LayerInput input, int first, int count)
    {
        nint state = (nint)first * hiddenSize;
        float* h = hidden.Pointer + state, c = cells.Pointer + state, z = gates.Pointer + 4 * state;
        if (!weights.ReadsTokens)
            weights.Gemm.Multiply(
                input.Vectors, weights.InputSize, 1, weights.InputKernel, z, 4 * hiddenSize, count, 4 * hiddenSize, weights.InputSize,
                accumulate: false);
        weights.Gemm.Multiply(
            h, hiddenSize, 1, weights.Recurrent, z, 4 * hiddenSize, count, 4 * hiddenSize, hiddenSize, accumulate: !weights.ReadsTokens);
        fixed (int* none = zeros)
            cell.Forward(
                z, z, weights.InputRows, weights.ReadsTokens ? input.Tokens : none, c, c, cellTanh.Pointer + state, h, count, hiddenSize);
    }

    public override float* Output(int first) => hidden.Pointer + (nint)first * hiddenSize;

    public override ReadOnlySpan<float> Cells(int row) => cellTanh.Span.Slice(row * hiddenSize, hiddenSize);

    public override ReadOnlySpan<float> Memory(int row) => cells.Span.Slice(row * hiddenSize, hiddenSize);

    public override ReadOnlySpan<float> Gate(int row, int place) => gates.Span.Slice((4 * row + place) * hiddenSize, hiddenSize);
}
