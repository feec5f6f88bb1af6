using System.Numerics.Tensors;
using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>
/// The output layer and the loss, forward pass and backward pass: the workspace of one worker. It processes a few rows at a time, so that
/// the logits of a large vocabulary need little memory.
/// </summary>
internal sealed unsafe class SoftmaxDecoder
{
    private const int MostRows = 64;

    private readonly PackedWeights weights;
    private readonly SoftmaxCrossEntropy softmax;
    private readonly int hiddenSize, characters;
    private readonly AlignedArray logits, packedHidden;

    public SoftmaxDecoder(PackedWeights weights)
    {
        this.weights = weights;
        (hiddenSize, characters) = (weights.Model.Spec.HiddenSize, weights.Model.Tokenizer.VocabularySize);
        softmax = SoftmaxCrossEntropy.Create(weights.InstructionSet);
        logits = new AlignedArray(MostRows * characters);
        packedHidden = new AlignedArray(weights.Gemm.PackedLength(MostRows, hiddenSize));
    }

    /// <summary>Checked between rows. If it stops, the results are meaningless.</summary>
    public WorkMonitor Monitor { get; set; } = new();

    /// <summary>Returns the summed loss of predictions in nats and the number of correct predictions.</summary>
    /// <param name="hidden">[rows, H]: the outputs of the last layer.</param>
    /// <param name="targets">[rows]: the next tokens.</param>
    /// <param name="rows">The number of predictions.</param>
    public (double Loss, int Correct) Loss(float* hidden, int* targets, int rows)
    {
        (double Loss, int Correct) sum = (0, 0);
        for (int row = 0; row < rows; row += MostRows) sum = Add(sum, LossOf(hidden, targets, row, Math.Min(MostRows, rows - row), 1));
        return sum;
    }

    /// <summary>As <see cref="Loss"/>, with the gradients.</summary>
    /// <param name="hidden">[rows, H].</param>
    /// <param name="targets">[rows].</param>
    /// <param name="rows">The number of predictions.</param>
    /// <param name="scale">The factor of the loss in the gradients: 1 / the number of predictions in the batch.</param>
    /// <param name="hiddenGradient">[rows, H]: receives the gradient.</param>
    /// <param name="gradient">The gradients in the layout of the parameters; those of the decoder are added.</param>
    public (double Loss, int Correct) LossAndGradient(
        float* hidden, int* targets, int rows, float scale, float* hiddenGradient, float* gradient)
    {
        (double Loss, int Correct) sum = (0, 0);
        for (int row = 0; row < rows && !Monitor.IsStopped; row += MostRows)
        {
            int count = Math.Min(MostRows, rows - row);
            sum = Add(sum, LossOf(hidden, targets, row, count, scale));
            Backward(hidden + (nint)row * hiddenSize, count, hiddenGradient + (nint)row * hiddenSize, gradient);
        }

        return sum;
    }

    private static (double Loss, int Correct) Add((double Loss, int Correct) a, (double Loss, int Correct) b) =>
        (a.Loss + b.Loss, a.Correct + b.Correct);

    private (double Loss, int Correct) LossOf(float* hidden, int* targets, int first, int rows, float scale)
    {
        weights.Decode(hidden + (nint)first * hiddenSize, logits.Pointer, rows);
        (double loss, int correct) = (0, 0);
        for (int row = 0; row < rows; row++)
        {
            loss += softmax.Run(logits.Pointer + row * characters, characters, targets[first + row], scale, out bool right);
            if (right) correct++;
        }

        return (loss, correct);
    }

    private void Backward(float* hidden, int rows, float* hiddenGradient, float* gradient)
    {
        GemmKernel gemm = weights.Gemm;
        gemm.Pack(hidden, hiddenSize, 1, rows, hiddenSize, packedHidden.Pointer);
        float* kernel = gradient + weights.Model.Layout.DecoderKernel.Offset;
        gemm.Multiply(
            logits.Pointer, 1, characters, packedHidden.Pointer, kernel, hiddenSize, characters, hiddenSize, rows, accumulate: true);
        Span<float> bias = new(gradient + weights.Model.Layout.DecoderBias.Offset, characters);
        for (int row = 0; row < rows; row++) TensorPrimitives.Add(bias, logits.Span.Slice(row * characters, characters), bias);
        gemm.Multiply(
            logits.Pointer, characters, 1, weights.DecoderTransposed, hiddenGradient, hiddenSize, rows, hiddenSize, characters,
            accumulate: false);
    }
}
