using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Lstm;

/// <summary>An LSTM layer over whole sequences.</summary>
internal sealed unsafe class LstmTrainingLayer : RecurrentTrainingLayer
{
    private readonly LstmCell cell;

    // All steps are kept for the backward pass. Index 0 of the cells is the initial state. The gate sums of one step, and later their
    // gradients, have a separate buffer that is small enough to stay in the cache.
    private readonly AlignedArray gates, cells, cellTanh, cellGradient, sums;

    public LstmTrainingLayer(RecurrentWeights weights, LstmCell cell, int maxRows, int maxSteps)
        : base(weights, maxRows, maxSteps)
    {
        this.cell = cell;
        int states = maxRows * HiddenSize;
        gates = new AlignedArray(maxSteps * 4 * states);
        cells = new AlignedArray((maxSteps + 1) * states);
        cellTanh = new AlignedArray(maxSteps * states);
        cellGradient = new AlignedArray(states);
        sums = new AlignedArray(BlockRowsKept * Gates);
    }

    protected override bool SharesGradient => true;

    protected override bool CellPassesStateGradient => false;

    protected override float* InputSums(int step) => gates.Pointer + 4 * step * States;

    protected override float* RecurrentSums(int step) => Weights.ReadsTokens ? sums.Pointer : InputSums(step);

    protected override void ForwardCell(int step, int* tokens)
    {
        float* c = cells.Pointer + step * States;
        cell.Forward(
            RecurrentSums(step), gates.Pointer + 4 * step * States, Weights.InputRows, tokens, c, c + States,
            cellTanh.Pointer + step * States, Hidden(step + 1), Rows, HiddenSize);
    }

    protected override void BeginBackward() => cellGradient.Span.Clear();

    protected override void BackwardCell(
        int step, int row, int* tokens, float* hiddenGradient, float* previousGradient, float* rowGradients, float* gradient) =>
        cell.Backward(
            gates.Pointer + 4 * step * States, RecurrentGradient(row), tokens, cells.Pointer + step * States,
            cellTanh.Pointer + step * States, hiddenGradient, cellGradient.Pointer, rowGradients, Rows, HiddenSize);

    protected override float* InputGradient(int row) => RecurrentGradient(row);

    protected override float* RecurrentGradient(int row) => sums.Pointer + (nint)row * Gates;

    protected override void LoadState(float* state)
    {
        base.LoadState(state);
        Begin(cells.Pointer, state is null ? null : state + States);
    }

    protected override void StoreState(float* state, int steps)
    {
        base.StoreState(state, steps);
        Copy(cells.Pointer + steps * States, state + States);
    }
}
