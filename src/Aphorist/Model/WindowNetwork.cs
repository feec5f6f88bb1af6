using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>
/// The whole model over windows, forwards and backwards: every window runs from a zero state, and the character after it is predicted.
/// Holds the workspace of one worker; the parameters are shared.
/// </summary>
internal sealed unsafe class WindowNetwork
{
    private readonly LanguageModel model;
    private readonly PackedParameters packed;
    private readonly LstmCell cell;
    private readonly SoftmaxCrossEntropy softmax;
    private readonly int hiddenSize, window, characters, mostRows;

    // All time steps are kept for the way back. Index 0 of hidden and cells is the zero state before the first character. What products read and write
    // back and forth, the sums of one step's gates and later their gradients, has a place of its own, small enough to stay in the cache.
    private readonly int[] tokens;
    private readonly AlignedArray gates, hidden, cells, cellTanh, gateSums, hiddenGradient, cellGradient, packedRows, logits;

    /// <param name="model">The model.</param>
    /// <param name="packed">Its packed parameters.</param>
    /// <param name="instructionSet">Which kernels to use.</param>
    /// <param name="mostRows">The most windows a call may bring.</param>
    public WindowNetwork(LanguageModel model, PackedParameters packed, InstructionSet instructionSet, int mostRows)
    {
        (this.model, this.packed, this.mostRows) = (model, packed, mostRows);
        (hiddenSize, window, characters) = (model.Spec.HiddenSize, model.Spec.Window, model.Vocabulary.Count);
        cell = LstmCell.Create(instructionSet, model.Spec.Gates);
        softmax = SoftmaxCrossEntropy.Create(instructionSet);
        int states = mostRows * hiddenSize;
        tokens = GC.AllocateArray<int>(window * mostRows, pinned: true);
        gates = new AlignedArray(window * 4 * states);
        hidden = new AlignedArray((window + 1) * states);
        cells = new AlignedArray((window + 1) * states);
        cellTanh = new AlignedArray(window * states);
        gateSums = new AlignedArray(4 * states);
        hiddenGradient = new AlignedArray(states);
        cellGradient = new AlignedArray(states);
        // A block of steps has at most so many rows, whether a call brings the most windows or fewer.
        packedRows = new AlignedArray(packed.Gemm.PackedLength(Math.Max(GemmKernel.DepthBlock, mostRows), 4 * hiddenSize));
        logits = new AlignedArray(mostRows * characters);
    }

    /// <summary>The loss of these windows in nats, summed, and how many predictions were right.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="starts">Where each window starts.</param>
    public (double Loss, int Correct) Evaluate(ReadOnlySpan<int> ids, ReadOnlySpan<int> starts)
    {
        Forward(ids, starts);
        return Loss(ids, starts, 1f);
    }

    /// <summary>As <see cref="Evaluate"/>, and the gradient of the loss divided by <paramref name="batchSize"/>.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="starts">Where each window starts.</param>
    /// <param name="batchSize">Windows of the whole batch, of which these may be a part.</param>
    /// <param name="gradient">Laid out as the parameters; overwritten.</param>
    public (double Loss, int Correct) LossAndGradient(ReadOnlySpan<int> ids, ReadOnlySpan<int> starts, int batchSize, float* gradient)
    {
        Forward(ids, starts);
        (double Loss, int Correct) result = Loss(ids, starts, 1f / batchSize);
        BackwardDecoder(starts.Length, gradient);
        BackwardLstm(starts.Length, gradient);
        return result;
    }

    private void Forward(ReadOnlySpan<int> ids, ReadOnlySpan<int> starts)
    {
        int rows = starts.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, mostRows);
        nint states = rows * hiddenSize;
        fixed (int* token = tokens)
        {
            for (int step = 0; step < window; step++)
            {
                for (int row = 0; row < rows; row++) token[step * rows + row] = ids[starts[row] + step];
                float* state = hidden.Pointer + step * states;
                if (step == 0) ClearFirstState(rows);
                else packed.Gemm.Multiply(state, hiddenSize, 1, packed.Recurrent, gateSums.Pointer, 4 * hiddenSize, rows, 4 * hiddenSize, hiddenSize, accumulate: false);
                float* stepCells = cells.Pointer + step * states;
                cell.Forward(
                    gateSums.Pointer, gates.Pointer + step * 4 * states, packed.Inputs, token + step * rows, stepCells, stepCells + states,
                    cellTanh.Pointer + step * states, state + states, rows, hiddenSize);
            }
        }

        packed.Decode(LastHidden(rows), logits.Span[..(rows * characters)]);
    }

    /// <summary>The zero state before the first character, whose product with U needs no computing.</summary>
    private void ClearFirstState(int rows)
    {
        gateSums.Span[..(rows * 4 * hiddenSize)].Clear();
        hidden.Span[..(rows * hiddenSize)].Clear();
        cells.Span[..(rows * hiddenSize)].Clear();
    }

    private (double Loss, int Correct) Loss(ReadOnlySpan<int> ids, ReadOnlySpan<int> starts, float scale)
    {
        (double loss, int correct) = (0, 0);
        for (int row = 0; row < starts.Length; row++)
        {
            loss += softmax.Run(logits.Pointer + row * characters, characters, ids[starts[row] + window], scale, out bool right);
            if (right) correct++;
        }

        return (loss, correct);
    }

    private void BackwardDecoder(int rows, float* gradient)
    {
        packed.Gemm.Pack(LastHidden(rows), hiddenSize, 1, rows, hiddenSize, packedRows.Pointer);
        float* kernel = gradient + model.DecoderKernel.Offset;
        packed.Gemm.Multiply(logits.Pointer, 1, characters, packedRows.Pointer, kernel, hiddenSize, characters, hiddenSize, rows, accumulate: false);
        SumRows(logits.Pointer, rows, new Span<float>(gradient + model.DecoderBias.Offset, characters));
        packed.Gemm.Multiply(
            logits.Pointer, characters, 1, packed.DecoderTransposed, hiddenGradient.Pointer, hiddenSize, rows, hiddenSize, characters, accumulate: false);
    }

    private void BackwardLstm(int rows, float* gradient)
    {
        float* inputKernel = gradient + model.InputKernel.Offset, recurrentKernel = gradient + model.RecurrentKernel.Offset;
        new Span<float>(inputKernel, model.InputKernel.Length).Clear();
        if (window == 1) new Span<float>(recurrentKernel, model.RecurrentKernel.Length).Clear();
        cellGradient.Span.Clear();
        nint states = rows * hiddenSize;
        int blockEnd = window, blockStart = Math.Max(1, blockEnd - StepsPerBlock(rows));
        fixed (int* token = tokens)
        {
            for (int step = window - 1; step >= 0; step--)
            {
                cell.Backward(
                    gates.Pointer + step * 4 * states, gateSums.Pointer, token + step * rows, cells.Pointer + step * states,
                    cellTanh.Pointer + step * states, hiddenGradient.Pointer, cellGradient.Pointer, inputKernel, rows, hiddenSize);
                if (step == 0) break;
                packed.Gemm.Multiply(
                    gateSums.Pointer, 4 * hiddenSize, 1, packed.RecurrentTransposed, hiddenGradient.Pointer, hiddenSize,
                    rows, hiddenSize, 4 * hiddenSize, accumulate: false);
                packed.Gemm.PackPart(
                    gateSums.Pointer, 4 * hiddenSize, 1, rows, 4 * hiddenSize, packedRows.Pointer, (blockEnd - blockStart) * rows, (step - blockStart) * rows);
                if (step > blockStart) continue;
                AddRecurrentGradient(blockStart, blockEnd, rows, recurrentKernel);
                (blockEnd, blockStart) = (blockStart, Math.Max(1, blockStart - StepsPerBlock(rows)));
            }
        }

        // Each character of each window took the bias once, and left its gradient in the row of its token.
        SumRows(inputKernel, characters, new Span<float>(gradient + model.Bias.Offset, 4 * hiddenSize));
    }

    /// <summary>dU (+)= h' dz over a block of steps at once, so that dU is loaded and stored seldom. The first step has h = 0 and adds nothing.</summary>
    private void AddRecurrentGradient(int firstStep, int endStep, int rows, float* recurrentKernel) =>
        packed.Gemm.Multiply(
            hidden.Pointer + (nint)firstStep * rows * hiddenSize, 1, hiddenSize, packedRows.Pointer, recurrentKernel, 4 * hiddenSize,
            hiddenSize, 4 * hiddenSize, (endStep - firstStep) * rows, accumulate: endStep < window);

    private static int StepsPerBlock(int rows) => Math.Max(1, GemmKernel.DepthBlock / rows);

    private float* LastHidden(int rows) => hidden.Pointer + (nint)window * rows * hiddenSize;

    private static void SumRows(float* values, int rows, Span<float> sums)
    {
        sums.Clear();
        for (int row = 0; row < rows; row++)
            System.Numerics.Tensors.TensorPrimitives.Add(sums, new ReadOnlySpan<float>(values + (nint)row * sums.Length, sums.Length), sums);
    }
}
