using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>
/// A GRU layer that applies the reset gate before the product, over whole sequences: U_n is multiplied by v = r h instead of h.
/// </summary>
internal sealed unsafe class GruResetBeforeTrainingLayer : RecurrentTrainingLayer
{
    private readonly GruResetBeforeCell cell;
    private readonly AlignedArray sums, gates, gateGradient, resetGradient, packedCandidateGradient;

    public GruResetBeforeTrainingLayer(RecurrentWeights weights, GruResetBeforeCell cell, int maxRows, int maxSteps)
        : base(weights, maxRows, maxSteps)
    {
        this.cell = cell;
        sums = new AlignedArray((weights.ReadsTokens ? 1 : maxSteps) * maxRows * Gates);
        gates = new AlignedArray(maxSteps * maxRows * 4 * HiddenSize);
        gateGradient = new AlignedArray(BlockRowsKept * Gates);
        resetGradient = new AlignedArray(maxRows * HiddenSize);
        packedCandidateGradient = new AlignedArray(Gemm.PackedLength(BlockRows, HiddenSize));
    }

    protected override bool SharesGradient => true;

    protected override bool CellPassesStateGradient => true;

    protected override int StateColumns => 2 * HiddenSize;

    protected override float* InputSums(int step) => sums.Pointer + 3 * step * States;

    protected override float* RecurrentSums(int step) => Weights.ReadsTokens ? sums.Pointer : InputSums(step);

    protected override void ForwardCell(int step, int* tokens)
    {
        float* sum = RecurrentSums(step), y = GatesOf(step);
        cell.ForwardGates(sum, Weights.InputRows, tokens, Weights.RecurrentBias, y, Hidden(step), Rows, HiddenSize);
        if (step > 0 || !FromZero)
        {
            Gemm.Multiply(
                y + 3 * HiddenSize, 4 * HiddenSize, 1, Weights.RecurrentCandidate, sum + 2 * HiddenSize, Gates, Rows, HiddenSize,
                HiddenSize, accumulate: !Weights.ReadsTokens);
        }

        cell.ForwardCandidate(sum, Weights.InputRows, tokens, Weights.RecurrentBias, y, Hidden(step), Hidden(step + 1), Rows, HiddenSize);
    }

    protected override void BeginBackward()
    {
    }

    protected override void BackwardCell(
        int step, int row, int* tokens, float* hiddenGradient, float* previousGradient, float* rowGradients, float* gradient)
    {
        float* y = GatesOf(step);
        float* da = RecurrentGradient(row);
        float* dv = resetGradient.Pointer;
        float* biasGradient = gradient + Weights.Tensors.RecurrentBias!.Offset;
        cell.BackwardCandidate(y, da, tokens, Hidden(step), hiddenGradient, previousGradient, rowGradients, biasGradient, Rows, HiddenSize);
        if (step > 0 || !FromZero)
        {
            float* candidate = Weights.RecurrentTransposed + 2 * HiddenSize * Gemm.PanelWidth;
            Gemm.Multiply(
                da + 2 * HiddenSize, Gates, 1, candidate, dv, HiddenSize, Rows, HiddenSize, HiddenSize, accumulate: false,
                packedDepth: Gates);
        }
        else
        {
            // With a zero state, the gradient through the reset gate is zero.
            new Span<float>(dv, (int)States).Clear();
        }

        cell.BackwardReset(y, da, tokens, dv, Hidden(step), previousGradient, rowGradients, biasGradient, Rows, HiddenSize);
    }

    protected override float* InputGradient(int row) => RecurrentGradient(row);

    protected override float* RecurrentGradient(int row) => gateGradient.Pointer + (nint)row * Gates;

    protected override void PackRecurrentGradient(float* recurrentGradient, int rowsOfBlock, int firstRow)
    {
        base.PackRecurrentGradient(recurrentGradient, rowsOfBlock, firstRow);
        Gemm.PackPart(
            recurrentGradient + 2 * HiddenSize, Gates, 1, Rows, HiddenSize, packedCandidateGradient.Pointer, rowsOfBlock, firstRow);
    }

    protected override void AddRecurrentKernelGradient(int firstStep, int rows, int zeroRows, float* kernelGradient)
    {
        base.AddRecurrentKernelGradient(firstStep, rows, zeroRows, kernelGradient);
        float* v = GatesOf(firstStep) + 3 * HiddenSize + (nint)zeroRows * 4 * HiddenSize;
        Gemm.Multiply(
            v, 1, 4 * HiddenSize, packedCandidateGradient.Pointer + zeroRows * Gemm.PanelWidth, kernelGradient + 2 * HiddenSize, Gates,
            HiddenSize, HiddenSize, rows - zeroRows, accumulate: true, packedDepth: rows);
    }

    private float* GatesOf(int step) => gates.Pointer + 4 * step * States;
}
