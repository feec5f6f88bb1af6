using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>A GRU layer that applies the reset gate after the product, over whole sequences.</summary>
internal sealed unsafe class GruTrainingLayer : RecurrentTrainingLayer
{
    private readonly GruCell cell;
    private readonly AlignedArray inputSums, recurrentSums, gates, inputGradient, recurrentGradient;

    public GruTrainingLayer(RecurrentWeights weights, GruCell cell, int maxRows, int maxSteps)
        : base(weights, maxRows, maxSteps)
    {
        this.cell = cell;
        // For token inputs, the rows of the kernel contain x W, and these sums remain zero.
        inputSums = new AlignedArray((weights.ReadsTokens ? 1 : maxSteps) * maxRows * Gates);
        recurrentSums = new AlignedArray(maxRows * Gates);
        gates = new AlignedArray(maxSteps * maxRows * 4 * HiddenSize);
        inputGradient = new AlignedArray(BlockRowsKept * Gates);
        recurrentGradient = new AlignedArray(BlockRowsKept * Gates);
    }

    protected override bool SharesGradient => false;

    protected override bool CellPassesStateGradient => true;

    protected override float* InputSums(int step) => inputSums.Pointer + (Weights.ReadsTokens ? 0 : 3 * step * States);

    protected override float* RecurrentSums(int step) => recurrentSums.Pointer;

    protected override void ForwardCell(int step, int* tokens) =>
        cell.Forward(
            InputSums(step), RecurrentSums(step), Weights.InputRows, tokens, Weights.RecurrentBias, gates.Pointer + 4 * step * States,
            Hidden(step), Hidden(step + 1), Rows, HiddenSize);

    protected override void BeginBackward()
    {
    }

    protected override void BackwardCell(
        int step, int row, int* tokens, float* hiddenGradient, float* previousGradient, float* rowGradients, float* gradient) =>
        cell.Backward(
            gates.Pointer + 4 * step * States, InputGradient(row), RecurrentGradient(row), tokens, Hidden(step), hiddenGradient,
            previousGradient, rowGradients, gradient + Weights.Tensors.RecurrentBias!.Offset, Rows, HiddenSize);

    protected override float* InputGradient(int row) => inputGradient.Pointer + (nint)row * Gates;

    protected override float* RecurrentGradient(int row) => recurrentGradient.Pointer + (nint)row * Gates;
}
