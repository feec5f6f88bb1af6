using System.Numerics.Tensors;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>
/// Computes the output of a layer, forward pass and backward pass: y = m N(h) + x, where h is the output of the cell, N the normalization,
/// m the dropout mask and x the input of the layer. N, m and x only apply where the model has them; x is only added in layers after the
/// first.
/// </summary>
/// <remarks>
/// Rows are independent of each other. Different threads may process different rows at the same time in the forward pass.
/// </remarks>
internal sealed unsafe class LayerPostprocessor
{
    private readonly Parameters parameters;
    private readonly int hiddenSize;
    private readonly NormalizationTensors? tensors;
    private readonly LayerNormalization normalization;
    private readonly AlignedArray values, statistics;

    /// <param name="weights">The model's weights.</param>
    /// <param name="layer">The index of the layer.</param>
    /// <param name="maxRows">The maximum number of rows: sequences times steps.</param>
    /// <param name="dropsOut">Whether calls can have dropout masks.</param>
    public LayerPostprocessor(PackedWeights weights, int layer, int maxRows, bool dropsOut = false)
    {
        ModelSpec spec = weights.Model.Spec;
        (parameters, hiddenSize, AddsInput) = (weights.Model.Parameters, spec.HiddenSize, spec.AddsInput(layer));
        tensors = spec.LayerNormalization ? weights.Model.Layout.Normalizations[layer] : null;
        normalization = LayerNormalization.Create(weights.InstructionSet);
        values = new AlignedArray(tensors is not null || AddsInput || dropsOut ? maxRows * hiddenSize : 0);
        statistics = new AlignedArray(tensors is not null ? maxRows * LayerNormalization.StatisticsLength : 0);
    }

    /// <summary>Whether y contains x, so that the gradient of y is also a gradient of x.</summary>
    public bool AddsInput { get; }

    /// <summary>Returns y from a row on. It is h if the layer has no postprocessing.</summary>
    /// <param name="hidden">h from the row on.</param>
    /// <param name="row">The first row.</param>
    public float* At(float* hidden, int row) => values.Length == 0 ? hidden : values.Pointer + (nint)row * hiddenSize;

    /// <summary>Resets all rows: y is 0 until it is computed again.</summary>
    public void Clear() => values.Span.Clear();

    /// <summary>Resets a row.</summary>
    public void Clear(int row)
    {
        if (values.Length > 0) values.Span.Slice(row * hiddenSize, hiddenSize).Clear();
    }

    /// <summary>Copies a row from another workspace of the same layer.</summary>
    public void CopyFrom(LayerPostprocessor other, int from, int to)
    {
        if (values.Length > 0) other.values.Span.Slice(from * hiddenSize, hiddenSize).CopyTo(values.Span[(to * hiddenSize)..]);
    }

    /// <summary>Computes y for a number of rows and returns it.</summary>
    /// <param name="hidden">[rows, H]: h.</param>
    /// <param name="input">[rows, H]: x. Only read where it is added.</param>
    /// <param name="mask">m for the first rows, repeated for the others; empty for none.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    public float* Forward(float* hidden, float* input, ReadOnlySpan<float> mask, int firstRow, int rows)
    {
        if (values.Length == 0) return hidden;
        float* y = At(hidden, firstRow);
        int length = rows * hiddenSize;
        if (tensors is not null)
            normalization.Forward(
                hidden, parameters.PointerTo(tensors.Gain), parameters.PointerTo(tensors.Bias), y, StatisticsAt(firstRow), rows,
                hiddenSize);
        if (!mask.IsEmpty) Mask(tensors is null ? hidden : y, y, mask, length);
        else if (tensors is null) new ReadOnlySpan<float>(hidden, length).CopyTo(new Span<float>(y, length));
        if (AddsInput)
            TensorPrimitives.Add(new ReadOnlySpan<float>(y, length), new ReadOnlySpan<float>(input, length), new Span<float>(y, length));
        return y;
    }

    /// <summary>Turns the gradient of y into that of h. The gradient of y is also that of x, which the caller handles.</summary>
    /// <param name="hidden">[rows, H]: h.</param>
    /// <param name="mask">As in <see cref="Forward"/>.</param>
    /// <param name="outputGradient">[rows, H]: dy on input, dh on output.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="gradient">The gradients in the layout of the parameters; those of the normalization are added.</param>
    public void Backward(float* hidden, ReadOnlySpan<float> mask, float* outputGradient, int firstRow, int rows, float* gradient)
    {
        if (!mask.IsEmpty) Mask(outputGradient, outputGradient, mask, rows * hiddenSize);
        if (tensors is null) return;
        normalization.Backward(
            hidden, StatisticsAt(firstRow), parameters.PointerTo(tensors.Gain), outputGradient, gradient + tensors.Gain.Offset,
            gradient + tensors.Bias.Offset, rows, hiddenSize);
    }

    private float* StatisticsAt(int row) => statistics.Pointer + (nint)row * LayerNormalization.StatisticsLength;

    private static void Mask(float* source, float* destination, ReadOnlySpan<float> mask, int length)
    {
        for (int start = 0; start < length; start += mask.Length)
            TensorPrimitives.Multiply(
                new ReadOnlySpan<float>(source + start, mask.Length), mask, new Span<float>(destination + start, mask.Length));
    }
}
