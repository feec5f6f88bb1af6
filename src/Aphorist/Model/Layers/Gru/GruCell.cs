using System.Runtime.CompilerServices;
using Aphorist.Model.Layers.Lstm;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>
/// The element-wise part of a GRU that applies the reset gate after the product: forward pass and backward pass. The caller computes the
/// matrix products.
/// </summary>
/// <remarks>
/// With a = x W + b and u = h U + b': r = s(a_r + u_r), z = s(a_z + u_z), n = tanh(a_n + r u_n); h' = (1 - z) n + z h. Rows contain r, z
/// and n in this order, as in PyTorch.
/// </remarks>
internal abstract unsafe class GruCell
{
    public static GruCell Create(InstructionSet set, GateActivation gates) => gates switch
    {
        GateActivation.Sigmoid => Create<SigmoidGate>(set),
        GateActivation.HardSigmoid => Create<HardSigmoidGate>(set),
        _ => throw new ArgumentOutOfRangeException(nameof(gates), gates, "Unknown gate activation."),
    };

    /// <summary>Computes one step of <paramref name="rows"/> sequences.</summary>
    /// <param name="inputSums">[rows, 3H]: x W for vector inputs, zeros for token inputs.</param>
    /// <param name="recurrentSums">[rows, 3H]: h U.</param>
    /// <param name="inputs">[V, 3H]: W + b of each token. Each sequence uses the row of its token.</param>
    /// <param name="tokens">[rows].</param>
    /// <param name="recurrentBias">[3H]: b'.</param>
    /// <param name="gates">[rows, 4H]: r, z, n and u_n, kept for the backward pass.</param>
    /// <param name="previousHidden">[rows, H]: h.</param>
    /// <param name="hidden">[rows, H]: h'; may be <paramref name="previousHidden"/>.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Forward(
        float* inputSums, float* recurrentSums, float* inputs, int* tokens, float* recurrentBias, float* gates, float* previousHidden,
        float* hidden, int rows, int hiddenSize);

    /// <summary>The backward pass of the same step.</summary>
    /// <param name="gates">[rows, 4H]: r, z, n and u_n.</param>
    /// <param name="inputGradient">[rows, 3H]: receives da.</param>
    /// <param name="recurrentGradient">[rows, 3H]: receives du.</param>
    /// <param name="tokens">[rows].</param>
    /// <param name="previousHidden">[rows, H]: h.</param>
    /// <param name="hiddenGradient">[rows, H]: dh'.</param>
    /// <param name="previousHiddenGradient">
    /// [rows, H]: the part of dh that does not come through U is added. If this is <paramref name="hiddenGradient"/>, that part replaces
    /// it.
    /// </param>
    /// <param name="rowGradients">[V, 3H]: the da of each sequence is added to the row of its token.</param>
    /// <param name="recurrentBiasGradient">[3H]: du is added.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Backward(
        float* gates, float* inputGradient, float* recurrentGradient, int* tokens, float* previousHidden, float* hiddenGradient,
        float* previousHiddenGradient, float* rowGradients, float* recurrentBiasGradient, int rows, int hiddenSize);

    private static GruCell Create<TGate>(InstructionSet set)
        where TGate : struct, IGate =>
        set == InstructionSet.Vector512 ? new GruCell<Lanes512, TGate>()
        : set == InstructionSet.Vector256 ? new GruCell<Lanes256, TGate>()
        : new GruCell<Lanes128, TGate>();
}

/// <summary>
/// The cell for one vector width and one gate activation. Each loop is a separate method; see <see cref="LstmCell{TLanes, TGate}"/>.
/// </summary>
internal sealed unsafe class GruCell<TLanes, TGate> : GruCell
    where TLanes : unmanaged, ILanes<TLanes>
    where TGate : struct, IGate
{
    public override void Forward(
        float* inputSums, float* recurrentSums, float* inputs, int* tokens, float* recurrentBias, float* gates, float* previousHidden,
        float* hidden, int rows, int hiddenSize)
    {
        int whole = 2 * hiddenSize - 2 * hiddenSize % TLanes.Count, wholeUnits = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* input = inputs + (nint)tokens[row] * 3 * hiddenSize;
            ActivateGates<TLanes>(inputSums, recurrentSums, input, recurrentBias, gates, 0, whole);
            if (whole < 2 * hiddenSize) ActivateGates<Lanes1>(inputSums, recurrentSums, input, recurrentBias, gates, whole, 2 * hiddenSize);
            UpdateUnits<TLanes>(inputSums, recurrentSums, input, recurrentBias, gates, previousHidden, hidden, 0, wholeUnits, hiddenSize);
            if (wholeUnits < hiddenSize)
                UpdateUnits<Lanes1>(
                    inputSums, recurrentSums, input, recurrentBias, gates, previousHidden, hidden, wholeUnits, hiddenSize, hiddenSize);
            inputSums += 3 * hiddenSize;
            recurrentSums += 3 * hiddenSize;
            gates += 4 * hiddenSize;
            previousHidden += hiddenSize;
            hidden += hiddenSize;
        }
    }

    public override void Backward(
        float* gates, float* inputGradient, float* recurrentGradient, int* tokens, float* previousHidden, float* hiddenGradient,
        float* previousHiddenGradient, float* rowGradients, float* recurrentBiasGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        bool inPlace = hiddenGradient == previousHiddenGradient;
        for (int row = 0; row < rows; row++)
        {
            float* sums = rowGradients + (nint)tokens[row] * 3 * hiddenSize;
            BackwardUnits<TLanes>(
                gates, inputGradient, recurrentGradient, previousHidden, hiddenGradient, previousHiddenGradient, inPlace, sums,
                recurrentBiasGradient, 0, whole, hiddenSize);
            if (whole < hiddenSize)
            {
                BackwardUnits<Lanes1>(
                    gates, inputGradient, recurrentGradient, previousHidden, hiddenGradient, previousHiddenGradient, inPlace, sums,
                    recurrentBiasGradient, whole, hiddenSize, hiddenSize);
            }

            gates += 4 * hiddenSize;
            inputGradient += 3 * hiddenSize;
            recurrentGradient += 3 * hiddenSize;
            previousHidden += hiddenSize;
            hiddenGradient += hiddenSize;
            previousHiddenGradient += hiddenSize;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ActivateGates<T>(
        float* inputSums, float* recurrentSums, float* input, float* recurrentBias, float* gates, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            T sum = T.Load(inputSums + unit) + T.Load(input + unit) + (T.Load(recurrentSums + unit) + T.Load(recurrentBias + unit));
            TGate.Activate(sum).Store(gates + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void UpdateUnits<T>(
        float* inputSums, float* recurrentSums, float* input, float* recurrentBias, float* gates, float* previousHidden, float* hidden,
        int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            int candidate = unit + 2 * hiddenSize;
            T recurrent = T.Load(recurrentSums + candidate) + T.Load(recurrentBias + candidate);
            T n = Activations.Tanh(
                T.MultiplyAdd(T.Load(gates + unit), recurrent, T.Load(inputSums + candidate) + T.Load(input + candidate)));
            n.Store(gates + candidate);
            recurrent.Store(gates + candidate + hiddenSize);
            T.MultiplyAdd(T.Load(gates + unit + hiddenSize), T.Load(previousHidden + unit) - n, n).Store(hidden + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardUnits<T>(
        float* gates, float* inputGradient, float* recurrentGradient, float* previousHidden, float* hiddenGradient,
        float* previousHiddenGradient, bool inPlace, float* sums, float* recurrentBiasGradient, int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        T one = T.Broadcast(1f);
        for (int unit = first; unit < end; unit += T.Count)
        {
            float* y = gates + unit;
            float* da = inputGradient + unit;
            float* du = recurrentGradient + unit;
            float* sum = sums + unit;
            float* bias = recurrentBiasGradient + unit;
            T r = T.Load(y), z = T.Load(y + hiddenSize), n = T.Load(y + 2 * hiddenSize), recurrent = T.Load(y + 3 * hiddenSize);
            T dh = T.Load(hiddenGradient + unit);
            T dn = dh * (one - z) * (one - n * n);
            T dr = TGate.Backward(r, dn * recurrent), dz = TGate.Backward(z, dh * (T.Load(previousHidden + unit) - n)), drn = dn * r;
            (inPlace ? dh * z : T.MultiplyAdd(dh, z, T.Load(previousHiddenGradient + unit))).Store(previousHiddenGradient + unit);
            StoreAndAdd(dr, da, sum);
            StoreAndAdd(dz, da + hiddenSize, sum + hiddenSize);
            StoreAndAdd(dn, da + 2 * hiddenSize, sum + 2 * hiddenSize);
            StoreAndAdd(dr, du, bias);
            StoreAndAdd(dz, du + hiddenSize, bias + hiddenSize);
            StoreAndAdd(drn, du + 2 * hiddenSize, bias + 2 * hiddenSize);
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
