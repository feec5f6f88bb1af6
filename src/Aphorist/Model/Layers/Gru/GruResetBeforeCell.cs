using System.Runtime.CompilerServices;
using Aphorist.Model.Layers.Lstm;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Gru;

/// <summary>
/// The element-wise part of a GRU that applies the reset gate before the product: forward pass and backward pass. The caller computes the
/// matrix products.
/// </summary>
/// <remarks>
/// With a = x W + b + b': r = s(a_r + h U_r), z = s(a_z + h U_z), v = r h, n = tanh(a_n + v U_n); h' = (1 - z) n + z h. Rows contain r, z
/// and n in this order. The product of the candidate needs the reset gate, so each pass has two parts with this product between them.
/// </remarks>
internal abstract unsafe class GruResetBeforeCell
{
    public static GruResetBeforeCell Create(InstructionSet set, GateActivation gates) => gates switch
    {
        GateActivation.Sigmoid => Create<SigmoidGate>(set),
        GateActivation.HardSigmoid => Create<HardSigmoidGate>(set),
        _ => throw new ArgumentOutOfRangeException(nameof(gates), gates, "Unknown gate activation."),
    };

    /// <summary>Computes the first part of a step of <paramref name="rows"/> sequences: the gates and the reset state.</summary>
    /// <param name="sums">[rows, 3H]: for r and z, h U plus x W for vector inputs.</param>
    /// <param name="inputs">
    /// For token inputs [V, 3H]: W + b of each token, where each sequence uses the row of its token. For vector inputs [1, 3H]: b.
    /// </param>
    /// <param name="tokens">[rows]; zeros for vector inputs.</param>
    /// <param name="recurrentBias">[3H]: b'.</param>
    /// <param name="gates">[rows, 4H]: receives r, z and v. The block between z and v is not changed.</param>
    /// <param name="previousHidden">[rows, H]: h.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void ForwardGates(
        float* sums, float* inputs, int* tokens, float* recurrentBias, float* gates, float* previousHidden, int rows, int hiddenSize);

    /// <summary>Computes the second part: the candidate and the new state.</summary>
    /// <param name="sums">[rows, 3H]: for n, v U plus x W for vector inputs.</param>
    /// <param name="inputs">As in <see cref="ForwardGates"/>.</param>
    /// <param name="tokens">As in <see cref="ForwardGates"/>.</param>
    /// <param name="recurrentBias">[3H]: b'.</param>
    /// <param name="gates">[rows, 4H]: r, z, n and v, kept for the backward pass; receives n.</param>
    /// <param name="previousHidden">[rows, H]: h.</param>
    /// <param name="hidden">[rows, H]: h'; may be <paramref name="previousHidden"/>.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void ForwardCandidate(
        float* sums, float* inputs, int* tokens, float* recurrentBias, float* gates, float* previousHidden, float* hidden, int rows,
        int hiddenSize);

    /// <summary>The backward pass of the second part, which does not need the gradient of v.</summary>
    /// <param name="gates">[rows, 4H]: r, z, n and v.</param>
    /// <param name="gradient">[rows, 3H]: receives the gradients of the sums of z and n.</param>
    /// <param name="tokens">As in <see cref="ForwardGates"/>.</param>
    /// <param name="previousHidden">[rows, H]: h.</param>
    /// <param name="hiddenGradient">[rows, H]: dh'.</param>
    /// <param name="previousHiddenGradient">
    /// [rows, H]: z dh' is added. If this is <paramref name="hiddenGradient"/>, z dh' replaces it.
    /// </param>
    /// <param name="rowGradients">[V, 3H] or [1, 3H]: the gradients of each sequence are added to the row of its token.</param>
    /// <param name="recurrentBiasGradient">[3H]: the gradients are added.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void BackwardCandidate(
        float* gates, float* gradient, int* tokens, float* previousHidden, float* hiddenGradient, float* previousHiddenGradient,
        float* rowGradients, float* recurrentBiasGradient, int rows, int hiddenSize);

    /// <summary>The backward pass of the first part: the reset gate.</summary>
    /// <param name="gates">[rows, 4H]: r, z, n and v.</param>
    /// <param name="gradient">[rows, 3H]: receives the gradient of the sum of r.</param>
    /// <param name="tokens">As in <see cref="ForwardGates"/>.</param>
    /// <param name="resetGradient">[rows, H]: dv.</param>
    /// <param name="previousHidden">[rows, H]: h.</param>
    /// <param name="previousHiddenGradient">[rows, H]: r dv is added.</param>
    /// <param name="rowGradients">As in <see cref="BackwardCandidate"/>.</param>
    /// <param name="recurrentBiasGradient">As in <see cref="BackwardCandidate"/>.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void BackwardReset(
        float* gates, float* gradient, int* tokens, float* resetGradient, float* previousHidden, float* previousHiddenGradient,
        float* rowGradients, float* recurrentBiasGradient, int rows, int hiddenSize);

    private static GruResetBeforeCell Create<TGate>(InstructionSet set)
        where TGate : struct, IGate =>
        set == InstructionSet.Vector512 ? new GruResetBeforeCell<Lanes512, TGate>()
        : set == InstructionSet.Vector256 ? new GruResetBeforeCell<Lanes256, TGate>()
        : new GruResetBeforeCell<Lanes128, TGate>();
}

/// <summary>
/// The cell for one vector width and one gate activation. Each loop is a separate method; see <see cref="LstmCell{TLanes, TGate}"/>.
/// </summary>
internal sealed unsafe class GruResetBeforeCell<TLanes, TGate> : GruResetBeforeCell
    where TLanes : unmanaged, ILanes<TLanes>
    where TGate : struct, IGate
{
    public override void ForwardGates(
        float* sums, float* inputs, int* tokens, float* recurrentBias, float* gates, float* previousHidden, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* input = inputs + (nint)tokens[row] * 3 * hiddenSize;
            ActivateGates<TLanes>(sums, input, recurrentBias, gates, previousHidden, 0, whole, hiddenSize);
            if (whole < hiddenSize) ActivateGates<Lanes1>(sums, input, recurrentBias, gates, previousHidden, whole, hiddenSize, hiddenSize);
            sums += 3 * hiddenSize;
            gates += 4 * hiddenSize;
            previousHidden += hiddenSize;
        }
    }

    public override void ForwardCandidate(
        float* sums, float* inputs, int* tokens, float* recurrentBias, float* gates, float* previousHidden, float* hidden, int rows,
        int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* input = inputs + (nint)tokens[row] * 3 * hiddenSize;
            UpdateUnits<TLanes>(sums, input, recurrentBias, gates, previousHidden, hidden, 0, whole, hiddenSize);
            if (whole < hiddenSize)
                UpdateUnits<Lanes1>(sums, input, recurrentBias, gates, previousHidden, hidden, whole, hiddenSize, hiddenSize);
            sums += 3 * hiddenSize;
            gates += 4 * hiddenSize;
            previousHidden += hiddenSize;
            hidden += hiddenSize;
        }
    }

    public override void BackwardCandidate(
        float* gates, float* gradient, int* tokens, float* previousHidden, float* hiddenGradient, float* previousHiddenGradient,
        float* rowGradients, float* recurrentBiasGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        bool inPlace = hiddenGradient == previousHiddenGradient;
        for (int row = 0; row < rows; row++)
        {
            float* sums = rowGradients + (nint)tokens[row] * 3 * hiddenSize;
            BackwardUnits<TLanes>(
                gates, gradient, previousHidden, hiddenGradient, previousHiddenGradient, inPlace, sums, recurrentBiasGradient, 0, whole,
                hiddenSize);
            if (whole < hiddenSize)
            {
                BackwardUnits<Lanes1>(
                    gates, gradient, previousHidden, hiddenGradient, previousHiddenGradient, inPlace, sums, recurrentBiasGradient, whole,
                    hiddenSize, hiddenSize);
            }

            gates += 4 * hiddenSize;
            gradient += 3 * hiddenSize;
            previousHidden += hiddenSize;
            hiddenGradient += hiddenSize;
            previousHiddenGradient += hiddenSize;
        }
    }

    public override void BackwardReset(
        float* gates, float* gradient, int* tokens, float* resetGradient, float* previousHidden, float* previousHiddenGradient,
        float* rowGradients, float* recurrentBiasGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float* sums = rowGradients + (nint)tokens[row] * 3 * hiddenSize;
            ResetUnits<TLanes>(
                gates, gradient, resetGradient, previousHidden, previousHiddenGradient, sums, recurrentBiasGradient, 0, whole);
            if (whole < hiddenSize)
                ResetUnits<Lanes1>(
                    gates, gradient, resetGradient, previousHidden, previousHiddenGradient, sums, recurrentBiasGradient, whole, hiddenSize);
            gates += 4 * hiddenSize;
            gradient += 3 * hiddenSize;
            resetGradient += hiddenSize;
            previousHidden += hiddenSize;
            previousHiddenGradient += hiddenSize;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ActivateGates<T>(
        float* sums, float* input, float* recurrentBias, float* gates, float* previousHidden, int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            int update = unit + hiddenSize;
            T r = TGate.Activate(T.Load(sums + unit) + (T.Load(input + unit) + T.Load(recurrentBias + unit)));
            T z = TGate.Activate(T.Load(sums + update) + (T.Load(input + update) + T.Load(recurrentBias + update)));
            r.Store(gates + unit);
            z.Store(gates + update);
            (r * T.Load(previousHidden + unit)).Store(gates + unit + 3 * hiddenSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void UpdateUnits<T>(
        float* sums, float* input, float* recurrentBias, float* gates, float* previousHidden, float* hidden, int first, int end,
        int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            int candidate = unit + 2 * hiddenSize;
            T n = Activations.Tanh(T.Load(sums + candidate) + (T.Load(input + candidate) + T.Load(recurrentBias + candidate)));
            n.Store(gates + candidate);
            T.MultiplyAdd(T.Load(gates + unit + hiddenSize), T.Load(previousHidden + unit) - n, n).Store(hidden + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardUnits<T>(
        float* gates, float* gradient, float* previousHidden, float* hiddenGradient, float* previousHiddenGradient, bool inPlace,
        float* sums, float* recurrentBiasGradient, int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        T one = T.Broadcast(1f);
        for (int unit = first; unit < end; unit += T.Count)
        {
            int update = unit + hiddenSize, candidate = unit + 2 * hiddenSize;
            T z = T.Load(gates + update), n = T.Load(gates + candidate), dh = T.Load(hiddenGradient + unit);
            T dn = dh * (one - z) * (one - n * n), dz = TGate.Backward(z, dh * (T.Load(previousHidden + unit) - n));
            (inPlace ? dh * z : T.MultiplyAdd(dh, z, T.Load(previousHiddenGradient + unit))).Store(previousHiddenGradient + unit);
            StoreAndAdd(dz, gradient + update, sums + update, recurrentBiasGradient + update);
            StoreAndAdd(dn, gradient + candidate, sums + candidate, recurrentBiasGradient + candidate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ResetUnits<T>(
        float* gates, float* gradient, float* resetGradient, float* previousHidden, float* previousHiddenGradient, float* sums,
        float* recurrentBiasGradient, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            T r = T.Load(gates + unit), dv = T.Load(resetGradient + unit);
            T.MultiplyAdd(dv, r, T.Load(previousHiddenGradient + unit)).Store(previousHiddenGradient + unit);
            StoreAndAdd(TGate.Backward(r, dv * T.Load(previousHidden + unit)), gradient + unit, sums + unit, recurrentBiasGradient + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreAndAdd<T>(T gradient, float* destination, float* sum, float* otherSum)
        where T : unmanaged, ILanes<T>
    {
        gradient.Store(destination);
        (T.Load(sum) + gradient).Store(sum);
        (T.Load(otherSum) + gradient).Store(otherSum);
    }
}
