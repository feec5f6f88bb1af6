using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>A dilated causal convolution with gated units over whole sequences.</summary>
/// <remarks>
/// Steps do not depend on earlier outputs of the layer, so they are computed in blocks. A block is large enough for fast products and small
/// enough for its sums to stay in the cache.
/// </remarks>
internal sealed unsafe class ConvolutionTrainingLayer : TrainingLayer
{
    private readonly ConvolutionWeights weights;
    private readonly ConvolutionCell cell;
    private readonly ConvolutionSums sums;
    private readonly AlignedArray gates, outputs, sumGradient;
    private readonly int hiddenSize, blockRows;
    private int rows;

    public ConvolutionTrainingLayer(ConvolutionWeights weights, ConvolutionCell cell, int maxRows, int maxSteps)
    {
        (this.weights, this.cell, hiddenSize) = (weights, cell, weights.HiddenSize);
        blockRows = Math.Max(GemmKernel.DepthBlock, maxRows);
        sums = weights.ReadsTokens
            ? new TokenConvolutionSums(weights, maxRows, maxSteps)
            : new VectorConvolutionSums(weights, maxRows, blockRows);
        gates = new AlignedArray(maxSteps * maxRows * weights.Sums);
        outputs = new AlignedArray(maxSteps * maxRows * hiddenSize);
        sumGradient = new AlignedArray(blockRows * weights.Sums);
    }

    public override float* Output => outputs.Pointer;

    private int StepsPerBlock => Math.Max(1, blockRows / rows);

    public override void Forward(LayerInput input, int steps, int rows, float* state)
    {
        this.rows = rows;
        sums.Begin(input, steps, rows, state);
        for (int first = 0, end; first < steps; first = end)
        {
            end = Math.Min(steps, first + StepsPerBlock);
            if (!Monitor.Advance(end - first)) return;
            nint row = (nint)first * rows;
            float* block = gates.Pointer + row * weights.Sums;
            sums.Forward(input, first, end, block);
            cell.Forward(
                block, weights.Bias, weights.IsResidual ? input.Vectors + row * hiddenSize : null, outputs.Pointer + row * hiddenSize,
                (end - first) * rows, hiddenSize);
        }
    }

    public override void Backward(LayerInput input, int steps, float* outputGradient, bool lastOnly, float* inputGradient, float* gradient)
    {
        int begin = lastOnly ? steps - 1 : 0;
        Monitor.Advance(2L * begin);
        if (!weights.ReadsTokens) BeginInputGradient(outputGradient, begin, steps, inputGradient);
        for (int first = begin, end; first < steps; first = end)
        {
            end = Math.Min(steps, first + StepsPerBlock);
            if (!Monitor.Advance(2L * (end - first))) return;
            float* dh = outputGradient + (nint)(first - begin) * rows * hiddenSize;
            cell.Backward(
                gates.Pointer + (nint)first * rows * weights.Sums, dh, sumGradient.Pointer, gradient + weights.Tensors.Bias.Offset,
                (end - first) * rows, hiddenSize);
            sums.Backward(input, first, end, sumGradient.Pointer, inputGradient, gradient);
        }
    }

    /// <summary>
    /// Copies the gradient that bypasses the convolution to the inputs, where the gradient of the convolution is then added.
    /// </summary>
    private void BeginInputGradient(float* outputGradient, int begin, int steps, float* inputGradient)
    {
        int step = rows * weights.InputSize;
        Span<float> before = new(inputGradient, begin * step), reached = new(inputGradient + (nint)before.Length, (steps - begin) * step);
        before.Clear();
        if (weights.IsResidual) new ReadOnlySpan<float>(outputGradient, reached.Length).CopyTo(reached);
        else reached.Clear();
    }
}
