using System.Runtime.CompilerServices;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Lstm;

/// <summary>The element-wise part of an LSTM: forward pass and backward pass. The caller computes the matrix products.</summary>
/// <remarks>
/// i = s(z_i), f = s(z_f), g = tanh(z_g), o = s(z_o); c' = f c + i g; h' = o tanh(c'). Rows contain i, f, g and o in this order.
/// </remarks>
internal abstract unsafe class LstmCell
{
    public static LstmCell Create(InstructionSet set, GateActivation gates) => gates switch
    {
        GateActivation.Sigmoid => Create<SigmoidGate>(set),
        GateActivation.HardSigmoid => Create<HardSigmoidGate>(set),
        _ => throw new ArgumentOutOfRangeException(nameof(gates), gates, "Unknown gate activation."),
    };

    /// <summary>Computes one step of <paramref name="rows"/> sequences.</summary>
    /// <param name="sums">[rows, 4H]: h U.</param>
    /// <param name="gates">[rows, 4H]: the activated gates; may be <paramref name="sums"/>.</param>
    /// <param name="inputs">[V, 4H]: W + b of each token. Each sequence uses the row of its token.</param>
    /// <param name="tokens">[rows].</param>
    /// <param name="previousCell">[rows, H]: c.</param>
    /// <param name="cell">[rows, H]: c'; may be <paramref name="previousCell"/>.</param>
    /// <param name="cellTanh">[rows, H]: tanh(c'), kept for the backward pass.</param>
    /// <param name="hidden">[rows, H]: h'.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Forward(
        float* sums, float* gates, float* inputs, int* tokens, float* previousCell, float* cell, float* cellTanh, float* hidden,
        int rows, int hiddenSize);

    /// <summary>The backward pass of the same step.</summary>
    /// <param name="gates">[rows, 4H]: the activated gates.</param>
    /// <param name="gateGradient">[rows, 4H]: receives the gradients of the gate sums; may be <paramref name="gates"/>.</param>
    /// <param name="tokens">[rows].</param>
    /// <param name="previousCell">[rows, H]: c.</param>
    /// <param name="cellTanh">[rows, H]: tanh(c').</param>
    /// <param name="hiddenGradient">[rows, H]: dh'.</param>
    /// <param name="cellGradient">[rows, H]: on input dc' without the part that comes through h', on output dc.</param>
    /// <param name="inputGradient">[V, 4H]: the gradient of each sequence is added to the row of its token.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Backward(
        float* gates, float* gateGradient, int* tokens, float* previousCell, float* cellTanh, float* hiddenGradient, float* cellGradient,
        float* inputGradient, int rows, int hiddenSize);

    private static LstmCell Create<TGate>(InstructionSet set)
        where TGate : struct, IGate =>
        set == InstructionSet.Vector512 ? new LstmCell<Lanes512, TGate>()
        : set == InstructionSet.Vector256 ? new LstmCell<Lanes256, TGate>()
        : new LstmCell<Lanes128, TGate>();
}

/// <summary>The cell for one vector width and one gate activation.</summary>
/// <remarks>
/// Each loop is a separate method that is never inlined. The compiler limits the amount of inlining per method, and beyond that limit every
/// vector operator becomes a call. The end of a row goes through the same loop one float at a time.
/// </remarks>
internal sealed unsafe class LstmCell<TLanes, TGate> : LstmCell
    where TLanes : unmanaged, ILanes<TLanes>
    where TGate : struct, IGate
{
    public override void Forward(
        float* sums, float* gates, float* inputs, int* tokens, float* previousCell, float* cell, float* cellTanh, float* hidden,
        int rows, int hiddenSize)
    {
        for (int row = 0; row < rows; row++)
        {
            float* input = inputs + (nint)tokens[row] * 4 * hiddenSize;
            Activate<TGate>(sums, input, gates, 2 * hiddenSize);
            Activate<TanhGate>(sums + 2 * hiddenSize, input + 2 * hiddenSize, gates + 2 * hiddenSize, hiddenSize);
            Activate<TGate>(sums + 3 * hiddenSize, input + 3 * hiddenSize, gates + 3 * hiddenSize, hiddenSize);
            int whole = hiddenSize - hiddenSize % TLanes.Count;
            UpdateUnits<TLanes>(gates, previousCell, cell, cellTanh, hidden, 0, whole, hiddenSize);
            if (whole < hiddenSize) UpdateUnits<Lanes1>(gates, previousCell, cell, cellTanh, hidden, whole, hiddenSize, hiddenSize);
            sums += 4 * hiddenSize;
            gates += 4 * hiddenSize;
            previousCell += hiddenSize;
            cell += hiddenSize;
            cellTanh += hiddenSize;
            hidden += hiddenSize;
        }
    }

    public override void Backward(
        float* gates, float* gateGradient, int* tokens, float* previousCell, float* cellTanh, float* hiddenGradient, float* cellGradient,
        float* inputGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* sums = inputGradient + (nint)tokens[row] * 4 * hiddenSize;
            BackwardUnits<TLanes>(gates, gateGradient, previousCell, cellTanh, hiddenGradient, cellGradient, sums, 0, whole, hiddenSize);
            if (whole < hiddenSize)
                BackwardUnits<Lanes1>(
                    gates, gateGradient, previousCell, cellTanh, hiddenGradient, cellGradient, sums, whole, hiddenSize, hiddenSize);
            gates += 4 * hiddenSize;
            gateGradient += 4 * hiddenSize;
            previousCell += hiddenSize;
            cellTanh += hiddenSize;
            hiddenGradient += hiddenSize;
            cellGradient += hiddenSize;
        }
    }

    private static void Activate<TActivation>(float* sums, float* input, float* gates, int count)
        where TActivation : struct, IGate
    {
        int whole = count - count % TLanes.Count;
        ActivateUnits<TLanes, TActivation>(sums, input, gates, 0, whole);
        if (whole < count) ActivateUnits<Lanes1, TActivation>(sums, input, gates, whole, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ActivateUnits<T, TActivation>(float* sums, float* input, float* gates, int first, int end)
        where T : unmanaged, ILanes<T>
        where TActivation : struct, IGate
    {
        for (int unit = first; unit < end; unit += T.Count)
            TActivation.Activate(T.Load(sums + unit) + T.Load(input + unit)).Store(gates + unit);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void UpdateUnits<T>(
        float* gates, float* previousCell, float* cell, float* cellTanh, float* hidden, int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            float* y = gates + unit;
            T i = T.Load(y), f = T.Load(y + hiddenSize), g = T.Load(y + 2 * hiddenSize), o = T.Load(y + 3 * hiddenSize);
            T c = T.MultiplyAdd(f, T.Load(previousCell + unit), i * g);
            T tanh = Activations.Tanh(c);
            c.Store(cell + unit);
            tanh.Store(cellTanh + unit);
            (o * tanh).Store(hidden + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardUnits<T>(
        float* gates, float* gateGradient, float* previousCell, float* cellTanh, float* hiddenGradient, float* cellGradient, float* sums,
        int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        T one = T.Broadcast(1f);
        for (int unit = first; unit < end; unit += T.Count)
        {
            float* y = gates + unit, dz = gateGradient + unit, sum = sums + unit;
            T i = T.Load(y), f = T.Load(y + hiddenSize), g = T.Load(y + 2 * hiddenSize), o = T.Load(y + 3 * hiddenSize);
            T tanh = T.Load(cellTanh + unit), dh = T.Load(hiddenGradient + unit);
            T dc = T.MultiplyAdd(dh * o, one - tanh * tanh, T.Load(cellGradient + unit));
            (dc * f).Store(cellGradient + unit);
            StoreAndAdd(TGate.Backward(i, dc * g), dz, sum);
            StoreAndAdd(TGate.Backward(f, dc * T.Load(previousCell + unit)), dz + hiddenSize, sum + hiddenSize);
            StoreAndAdd(TanhGate.Backward(g, dc * i), dz + 2 * hiddenSize, sum + 2 * hiddenSize);
            StoreAndAdd(TGate.Backward(o, dh * tanh), dz + 3 * hiddenSize, sum + 3 * hiddenSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreAndAdd<T>(T gradient, float* destination, float* sum)
        where T : unmanaged, ILanes<T>
    {
        gradient.Store(destination);
        (T.Load(sum) + gradient).Store(sum);
    }
}
