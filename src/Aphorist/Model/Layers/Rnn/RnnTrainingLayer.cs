using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Rnn;

/// <summary>A vanilla RNN layer over whole sequences.</summary>
internal sealed unsafe class RnnTrainingLayer : RecurrentTrainingLayer
{
    private readonly RnnCell cell;
    private readonly AlignedArray sumGradient;

    public RnnTrainingLayer(RecurrentWeights weights, RnnCell cell, int maxRows, int maxSteps)
        : base(weights, maxRows, maxSteps)
    {
        this.cell = cell;
        sumGradient = new AlignedArray(BlockRowsKept * Gates);
    }

    protected override bool SharesGradient => true;

    protected override bool CellPassesStateGradient => false;

    // The sums of a step are computed where its h' replaces them: the backward pass needs nothing else.
    protected override float* InputSums(int step) => Hidden(step + 1);

    protected override float* RecurrentSums(int step) => Hidden(step + 1);

    protected override void ForwardCell(int step, int* tokens) =>
        cell.Forward(Hidden(step + 1), Weights.InputRows, tokens, Hidden(step + 1), Rows, HiddenSize);

    protected override void BeginBackward()
    {
    }

    protected override void BackwardCell(
        int step, int row, int* tokens, float* hiddenGradient, float* previousGradient, float* rowGradients, float* gradient) =>
        cell.Backward(Hidden(step + 1), hiddenGradient, RecurrentGradient(row), tokens, rowGradients, Rows, HiddenSize);

    protected override float* InputGradient(int row) => RecurrentGradient(row);

    protected override float* RecurrentGradient(int row) => sumGradient.Pointer + (nint)row * Gates;
}
