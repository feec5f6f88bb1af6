using System.Numerics.Tensors;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>
/// The state of a convolution: for each text, a ring buffer of the inputs that the kernel still covers. The newest input replaces the
/// oldest.
/// </summary>
/// <remarks>
/// The covered inputs are gathered into contiguous rows, so that all texts and kernel positions are one product. Its sums have the same
/// order as in training, one kernel position after the other, and inputs before the start of a text are zeros. A row therefore does not
/// depend on which other rows are computed with it.
/// </remarks>
internal sealed unsafe class ConvolutionInferenceLayer : InferenceLayer
{
    private readonly ConvolutionWeights weights;
    private readonly ConvolutionCell cell;
    private readonly int inputSize;
    private readonly AlignedArray ring, met, gates, outputs;
    private readonly int[] tokenRing;

    // The number of inputs read of each text. Setting it to 0 resets a text.
    private readonly long[] read;

    public ConvolutionInferenceLayer(ConvolutionWeights weights, ConvolutionCell cell, int rows)
    {
        (this.weights, this.cell, inputSize) = (weights, cell, weights.InputSize);
        ring = new AlignedArray(rows * weights.Past * inputSize);
        tokenRing = new int[weights.ReadsTokens ? rows * weights.Past : 0];
        met = new AlignedArray(rows * weights.KernelSize * inputSize);
        gates = new AlignedArray(rows * weights.Sums);
        outputs = new AlignedArray(rows * weights.HiddenSize);
        read = new long[rows];
    }

    public override void Clear()
    {
        read.AsSpan().Clear();
        outputs.Span.Clear();
    }

    public override void Clear(int row)
    {
        read[row] = 0;
        outputs.Span.Slice(row * weights.HiddenSize, weights.HiddenSize).Clear();
    }

    public override void CopyFrom(InferenceLayer other, int from, int to)
    {
        ConvolutionInferenceLayer source = (ConvolutionInferenceLayer)other;
        int past = weights.Past * inputSize, hiddenSize = weights.HiddenSize;
        source.ring.Span.Slice(from * past, past).CopyTo(ring.Span[(to * past)..]);
        if (weights.ReadsTokens) source.tokenRing.AsSpan(from * weights.Past, weights.Past).CopyTo(tokenRing.AsSpan(to * weights.Past));
        source.outputs.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(outputs.Span[(to * hiddenSize)..]);
        read[to] = source.read[from];
    }

    public override void Advance(LayerInput input, int first, int count)
    {
        float* sums = gates.Pointer + (nint)first * weights.Sums, meeting = met.Pointer + (nint)first * weights.KernelSize * inputSize;
        for (int row = 0; row < count; row++)
        {
            if (weights.ReadsTokens) AddRows(first + row, input.Tokens[row], sums + (nint)row * weights.Sums);
            else Meet(first + row, new ReadOnlySpan<float>(input.Vectors + (nint)row * inputSize, inputSize));
            read[first + row]++;
        }

        int depth = weights.KernelSize * inputSize;
        if (!weights.ReadsTokens)
            weights.Gemm.Multiply(meeting, depth, 1, weights.Kernel, sums, weights.Sums, count, weights.Sums, depth, accumulate: false);
        cell.Forward(sums, weights.Bias, weights.IsResidual ? input.Vectors : null, Output(first), count, weights.HiddenSize);
    }

    public override float* Output(int first) => outputs.Pointer + (nint)first * weights.HiddenSize;

    public override ReadOnlySpan<float> Cells(int row) => outputs.Span.Slice(row * weights.HiddenSize, weights.HiddenSize);

    public override ReadOnlySpan<float> Gate(int row, int place) =>
        gates.Span.Slice(row * weights.Sums + place * weights.HiddenSize, weights.HiddenSize);

    /// <summary>Gathers the inputs of a text that the kernel covers, and stores the new input.</summary>
    private void Meet(int row, ReadOnlySpan<float> input)
    {
        Span<float> meeting = met.Span.Slice(row * weights.KernelSize * inputSize, weights.KernelSize * inputSize);
        for (int place = 0; place < weights.KernelSize - 1; place++)
        {
            Span<float> destination = meeting.Slice(place * inputSize, inputSize);
            if (PlaceOf(row, place) is var at and >= 0) ring.Span.Slice(at * inputSize, inputSize).CopyTo(destination);
            else destination.Clear();
        }

        input.CopyTo(meeting[^inputSize..]);
        input.CopyTo(ring.Span.Slice(Newest(row) * inputSize, inputSize));
    }

    /// <summary>Computes the sums of a text whose inputs are tokens, and stores the new token.</summary>
    private void AddRows(int row, int token, float* sums)
    {
        Span<float> sum = new(sums, weights.Sums);
        sum.Clear();
        for (int place = 0; place < weights.KernelSize - 1; place++)
        {
            if (PlaceOf(row, place) is var at and >= 0) AddRow(tokenRing[at], place, sum);
        }

        AddRow(token, weights.KernelSize - 1, sum);
        tokenRing[Newest(row)] = token;
    }

    private void AddRow(int token, int place, Span<float> sum) =>
        TensorPrimitives.Add(sum, new ReadOnlySpan<float>(weights.Row(token, place), sum.Length), sum);

    /// <summary>The index in the ring buffers of the input at a kernel position; -1 if it is before the start of the text.</summary>
    private int PlaceOf(int row, int place) =>
        read[row] - weights.Shift(place) is var time and >= 0 ? row * weights.Past + (int)(time % weights.Past) : -1;

    /// <summary>The index of the new input: that of the oldest one.</summary>
    private int Newest(int row) => row * weights.Past + (int)(read[row] % weights.Past);
}
