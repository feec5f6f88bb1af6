using System.Numerics.Tensors;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>
/// One recurrent layer over whole sequences, forward pass and backward pass: the workspace of one worker. This class has the matrix
/// products and their order, which are almost the same for all recurrent layers. The subclasses have the element-wise part.
/// </summary>
/// <remarks>
/// Data are ordered by step: [steps, rows, size]. The products with the inputs are computed for all steps together, those with the state
/// step by step. The backward pass accumulates the gradients of the kernels over blocks of steps, so that they are rarely loaded and
/// stored.
/// </remarks>
internal abstract unsafe class RecurrentTrainingLayer : TrainingLayer
{
    private readonly AlignedArray hidden, packedInputGradient, packedRecurrentGradient, firstStateGradient;
    private readonly int[] zeros;

    protected RecurrentTrainingLayer(RecurrentWeights weights, int maxRows, int maxSteps)
    {
        Weights = weights;
        (Gemm, HiddenSize, Gates) = (weights.Gemm, weights.HiddenSize, weights.Gates);
        hidden = new AlignedArray((maxSteps + 1) * maxRows * HiddenSize);
        firstStateGradient = new AlignedArray(maxRows * HiddenSize);
        BlockRows = Math.Max(GemmKernel.DepthBlock, maxRows);
        BlockRowsKept = weights.ReadsTokens ? maxRows : BlockRows;
        packedRecurrentGradient = new AlignedArray(Gemm.PackedLength(BlockRows, Gates));
        packedInputGradient = SharesGradient || weights.ReadsTokens
            ? packedRecurrentGradient
            : new AlignedArray(packedRecurrentGradient.Length);
        zeros = GC.AllocateArray<int>(maxRows, pinned: true);
    }

    public override float* Output => Hidden(1);

    protected RecurrentWeights Weights { get; }

    protected GemmKernel Gemm { get; }

    /// <summary>H.</summary>
    protected int HiddenSize { get; }

    /// <summary>G H.</summary>
    protected int Gates { get; }

    /// <summary>The number of sequences of the current call.</summary>
    protected int Rows { get; private set; }

    /// <summary>The number of floats in one state vector of all sequences of the current call.</summary>
    protected nint States => (nint)Rows * HiddenSize;

    /// <summary>Whether the sequences of the current call started from zero states.</summary>
    protected bool FromZero { get; private set; }

    /// <summary>The number of rows in a block of steps, large enough for fast products.</summary>
    protected int BlockRows { get; }

    /// <summary>
    /// The number of rows of gradients that are kept: one step for token inputs, one block for vector inputs, whose gradients need them.
    /// </summary>
    protected int BlockRowsKept { get; }

    /// <summary>Whether the gradients of x W and h U are the same.</summary>
    protected abstract bool SharesGradient { get; }

    /// <summary>Whether the cell computes a part of the gradient of the previous state, to which the part through U is added.</summary>
    protected abstract bool CellPassesStateGradient { get; }

    /// <summary>
    /// The number of leading columns of U that are multiplied by h: all, unless a cell multiplies the other columns by another vector.
    /// </summary>
    protected virtual int StateColumns => Gates;

    public override void Forward(LayerInput input, int steps, int rows, float* state)
    {
        (Rows, FromZero) = (rows, state is null);
        LoadState(state);
        if (!Weights.ReadsTokens) MultiplyInputs(input.Vectors, steps * rows);
        fixed (int* none = zeros)
        {
            for (int step = 0; step < steps; step++)
            {
                if (!Monitor.Advance()) return;
                // The product of a zero state and U is zero.
                float* sums = RecurrentSums(step);
                bool adds = SharesGradient && !Weights.ReadsTokens;
                if (step > 0 || !FromZero)
                    Gemm.Multiply(Hidden(step), HiddenSize, 1, Weights.Recurrent, sums, Gates, rows, StateColumns, HiddenSize, adds);
                else if (!adds) new Span<float>(sums, rows * Gates).Clear();
                ForwardCell(step, Weights.ReadsTokens ? input.Tokens + (nint)step * rows : none);
            }
        }

        if (state is not null) StoreState(state, steps);
    }

    public override void Backward(LayerInput input, int steps, float* outputGradient, bool lastOnly, float* inputGradient, float* gradient)
    {
        float* biasGradient = gradient + Weights.Tensors.Bias.Offset;
        float* rowGradients = Weights.ReadsTokens ? gradient + Weights.Tensors.InputKernel.Offset : biasGradient;
        int stepsPerBlock = Math.Max(1, BlockRows / Rows);
        BeginBackward();
        fixed (int* none = zeros)
        {
            for (int end = steps, start; end > 0; end = start)
            {
                start = Math.Max(0, end - stepsPerBlock);
                for (int step = end - 1; step >= start; step--)
                {
                    if (!Monitor.Advance(2)) return;
                    float* dh = lastOnly ? outputGradient : outputGradient + step * States;
                    float* previous = lastOnly ? dh : step > 0 ? dh - States : firstStateGradient.Pointer;
                    int rowOfBlock = (step - start) * Rows;
                    int* tokens = Weights.ReadsTokens ? input.Tokens + (nint)step * Rows : none;
                    BackwardCell(step, Weights.ReadsTokens ? 0 : rowOfBlock, tokens, dh, previous, rowGradients, gradient);
                    float* recurrentGradient = RecurrentGradient(Weights.ReadsTokens ? 0 : rowOfBlock);
                    if (step > 0)
                    {
                        Gemm.Multiply(
                            recurrentGradient, Gates, 1, Weights.RecurrentTransposed, previous, HiddenSize, Rows, HiddenSize, StateColumns,
                            accumulate: !lastOnly || CellPassesStateGradient, packedDepth: Gates);
                    }

                    PackRecurrentGradient(recurrentGradient, (end - start) * Rows, rowOfBlock);
                }

                AddKernelGradients(input, start, end, FromZero && start == 0 ? Rows : 0, inputGradient, gradient);
            }
        }

        // Each token of each sequence added the bias once, and the row of the token has the gradient.
        if (Weights.ReadsTokens) SumRows(rowGradients, Weights.Tensors.InputKernel.Length / Gates, new Span<float>(biasGradient, Gates));
    }

    /// <summary>h before a step, or after the last step.</summary>
    protected float* Hidden(int step) => hidden.Pointer + step * States;

    /// <summary>The buffer for x W, from a step on. Only used for vector inputs.</summary>
    protected abstract float* InputSums(int step);

    /// <summary>The buffer for h U of a step. It is that of x W if <see cref="SharesGradient"/> is true and inputs are vectors.</summary>
    protected abstract float* RecurrentSums(int step);

    /// <summary>Computes one step of the cell.</summary>
    protected abstract void ForwardCell(int step, int* tokens);

    /// <summary>Resets the gradients of the last call.</summary>
    protected abstract void BeginBackward();

    /// <summary>
    /// The backward pass of one step of the cell. Writes the gradients of the sums to <see cref="InputGradient"/> and <see
    /// cref="RecurrentGradient"/>.
    /// </summary>
    protected abstract void BackwardCell(
        int step, int row, int* tokens, float* hiddenGradient, float* previousGradient, float* rowGradients, float* gradient);

    /// <summary>The gradients [rows, G H] of x W, from a row of the block on.</summary>
    protected abstract float* InputGradient(int row);

    /// <summary>The gradients [rows, G H] of h U, from a row of the block on.</summary>
    protected abstract float* RecurrentGradient(int row);

    /// <summary>Packs the gradients of the h U of a step for the product that computes the gradient of U.</summary>
    /// <param name="recurrentGradient">[rows, G H].</param>
    /// <param name="rowsOfBlock">The number of rows in the whole block of steps.</param>
    /// <param name="firstRow">The first row of the step in the block.</param>
    protected virtual void PackRecurrentGradient(float* recurrentGradient, int rowsOfBlock, int firstRow) =>
        Gemm.PackPart(recurrentGradient, Gates, 1, Rows, Gates, packedRecurrentGradient.Pointer, rowsOfBlock, firstRow);

    /// <summary>dU += h' du over a block of steps. The first <paramref name="zeroRows"/> rows of h are known to be zero.</summary>
    protected virtual void AddRecurrentKernelGradient(int firstStep, int rows, int zeroRows, float* kernelGradient) =>
        Gemm.Multiply(
            Hidden(firstStep) + (nint)zeroRows * HiddenSize, 1, HiddenSize, packedRecurrentGradient.Pointer + zeroRows * Gemm.PanelWidth,
            kernelGradient, Gates, HiddenSize, StateColumns, rows - zeroRows, accumulate: true, packedDepth: rows);

    /// <summary>Starts the sequences from a state, or from zeros if it is null.</summary>
    protected virtual void LoadState(float* state) => Begin(hidden.Pointer, state);

    /// <summary>Writes the state after the last step.</summary>
    protected virtual void StoreState(float* state, int steps) => Copy(Hidden(steps), state);

    /// <summary>Sets the initial state vectors of the sequences.</summary>
    protected void Begin(float* first, float* state)
    {
        if (state is null) new Span<float>(first, (int)States).Clear();
        else Copy(state, first);
    }

    /// <summary>Copies one state vector of all sequences.</summary>
    protected void Copy(float* source, float* destination) =>
        new ReadOnlySpan<float>(source, (int)States).CopyTo(new Span<float>(destination, (int)States));

    /// <summary>x W for all steps, in blocks of rows as the product has them anyway.</summary>
    private void MultiplyInputs(float* inputs, int rows)
    {
        for (int row = 0; row < rows && !Monitor.IsStopped; row += GemmKernel.RowBlock)
        {
            Gemm.Multiply(
                inputs + (nint)row * Weights.InputSize, Weights.InputSize, 1, Weights.InputKernel, InputSums(0) + (nint)row * Gates, Gates,
                Math.Min(GemmKernel.RowBlock, rows - row), Gates, Weights.InputSize, accumulate: false);
        }
    }

    private static void SumRows(float* values, int rows, Span<float> sums)
    {
        for (int row = 0; row < rows; row++)
            TensorPrimitives.Add(sums, new ReadOnlySpan<float>(values + (nint)row * sums.Length, sums.Length), sums);
    }

    /// <summary>
    /// dU += h' du and dW += x' da over a block of steps, and dx = da W', or dx += da W' if a gradient bypassed the layer.
    /// </summary>
    private void AddKernelGradients(LayerInput input, int firstStep, int endStep, int zeroRows, float* inputGradient, float* gradient)
    {
        int rows = (endStep - firstStep) * Rows;
        AddRecurrentKernelGradient(firstStep, rows, zeroRows, gradient + Weights.Tensors.RecurrentKernel!.Offset);
        if (Weights.ReadsTokens) return;
        if (!SharesGradient) Gemm.Pack(InputGradient(0), Gates, 1, rows, Gates, packedInputGradient.Pointer);
        nint inputs = (nint)firstStep * Rows * Weights.InputSize;
        Gemm.Multiply(
            input.Vectors + inputs, 1, Weights.InputSize, packedInputGradient.Pointer, gradient + Weights.Tensors.InputKernel.Offset, Gates,
            Weights.InputSize, Gates, rows, accumulate: true);
        Gemm.Multiply(
            InputGradient(0), Gates, 1, Weights.InputKernelTransposed, inputGradient + inputs, Weights.InputSize, rows, Weights.InputSize,
            Gates, Weights.IsResidual);
    }
}
