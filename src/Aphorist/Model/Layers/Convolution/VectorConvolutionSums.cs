using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>The sums for vector inputs: each kernel position is a product over many steps, which reads the inputs in place.</summary>
/// <remarks>
/// In a block, a kernel position covers inputs before the sequence in the first steps and inputs of the sequence in the others, so it needs
/// two products. The product with a past of zeros is skipped.
/// </remarks>
internal sealed unsafe class VectorConvolutionSums : ConvolutionSums
{
    private readonly ConvolutionWeights weights;
    private readonly GemmKernel gemm;
    private readonly int inputSize, columns;
    private readonly AlignedArray past, packedGradient;
    private int rows;
    private bool fromZero;

    public VectorConvolutionSums(ConvolutionWeights weights, int maxRows, int blockRows)
    {
        (this.weights, gemm, inputSize, columns) = (weights, weights.Gemm, weights.InputSize, weights.Sums);
        past = new AlignedArray(weights.Past * maxRows * inputSize);
        packedGradient = new AlignedArray(gemm.PackedLength(blockRows, columns));
    }

    public override void Begin(LayerInput input, int steps, int rows, float* state)
    {
        (this.rows, fromZero) = (rows, state is null);
        if (state is null) return;
        int step = rows * inputSize, kept = Math.Max(0, weights.Past - steps) * step, length = weights.Past * step;
        Span<float> before = past.Span[..length], after = new(state, length);
        after.CopyTo(before);
        before[(length - kept)..].CopyTo(after);
        new ReadOnlySpan<float>(input.Vectors + (nint)steps * step - (length - kept), length - kept).CopyTo(after[kept..]);
    }

    public override void Forward(LayerInput input, int first, int end, float* sums)
    {
        for (int place = 0; place < weights.KernelSize; place++)
        {
            int shift = weights.Shift(place), split = Math.Clamp(shift, first, end);
            // With a past of zeros, the product has depth 0, so it sets the sums to zero or adds nothing.
            Multiply(PastOf(place, first), place, sums, split - first, fromZero ? 0 : inputSize);
            Multiply(input.Vectors + StepsOf(split - shift), place, sums + (nint)(split - first) * rows * columns, end - split, inputSize);
        }
    }

    public override void Backward(LayerInput input, int first, int end, float* sumGradient, float* inputGradient, float* gradient)
    {
        int count = (end - first) * rows;
        gemm.Pack(sumGradient, columns, 1, count, columns, packedGradient.Pointer);
        for (int place = 0; place < weights.KernelSize; place++)
        {
            int shift = weights.Shift(place), split = Math.Clamp(shift, first, end), before = (split - first) * rows;
            float* kernelGradient = weights.Row(gradient, 0, place);
            if (!fromZero) AddKernelGradient(PastOf(place, first), 0, before, count, kernelGradient);
            AddKernelGradient(input.Vectors + StepsOf(split - shift), before, count - before, count, kernelGradient);
            gemm.Multiply(
                sumGradient + (nint)before * columns, columns, 1, weights.KernelTransposedOf(place), inputGradient + StepsOf(split - shift),
                inputSize, count - before, inputSize, columns, accumulate: true);
        }
    }

    /// <summary>The input that a kernel position covers at a step, if it was read before the sequence.</summary>
    private float* PastOf(int place, int step) => past.Pointer + StepsOf(place * weights.Dilation + step);

    private nint StepsOf(int steps) => (nint)steps * rows * inputSize;

    private void Multiply(float* inputs, int place, float* sums, int steps, int depth) =>
        gemm.Multiply(
            inputs, inputSize, 1, weights.KernelOf(place), sums, columns, steps * rows, columns, depth, accumulate: place > 0,
            packedDepth: weights.KernelSize * inputSize);

    /// <summary>dW += x' dy for a range of rows of a block, which is packed.</summary>
    private void AddKernelGradient(float* inputs, int firstRow, int count, int blockRows, float* kernelGradient) =>
        gemm.Multiply(
            inputs, 1, inputSize, packedGradient.Pointer + firstRow * gemm.PanelWidth, kernelGradient, (nint)weights.KernelSize * columns,
            inputSize, columns, count, accumulate: true, packedDepth: blockRows);
}
