using System.Runtime.CompilerServices;
using Aphorist.Model.Layers.Lstm;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>The element-wise part of a convolution: forward pass and backward pass. The caller computes the matrix products.</summary>
/// <remarks>
/// h = tanh(p) s(q), the gated unit of WaveNet (van den Oord and others, 2016); in layers after the first, h = x + tanh(p) s(q). Rows
/// contain p followed by q. The h of a step does not depend on other steps, so rows may belong to several steps.
/// </remarks>
internal abstract unsafe class ConvolutionCell
{
    public static ConvolutionCell Create(InstructionSet set) =>
        set == InstructionSet.Vector512 ? new ConvolutionCell<Lanes512>()
        : set == InstructionSet.Vector256 ? new ConvolutionCell<Lanes256>()
        : new ConvolutionCell<Lanes128>();

    /// <summary>Computes the outputs of a number of rows.</summary>
    /// <param name="gates">[rows, 2H]: the sums without the bias on input, tanh(p) and s(q) on output.</param>
    /// <param name="bias">[2H]: b.</param>
    /// <param name="input">[rows, H]: x; null where it is not added.</param>
    /// <param name="output">[rows, H]: h.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Forward(float* gates, float* bias, float* input, float* output, int rows, int hiddenSize);

    /// <summary>The backward pass, without the gradient of x.</summary>
    /// <param name="gates">[rows, 2H]: tanh(p) and s(q).</param>
    /// <param name="outputGradient">[rows, H]: dh.</param>
    /// <param name="sumGradient">[rows, 2H]: receives dp and dq.</param>
    /// <param name="biasGradient">[2H]: dp and dq are added.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Backward(float* gates, float* outputGradient, float* sumGradient, float* biasGradient, int rows, int hiddenSize);
}

/// <summary>The cell for one vector width. Each loop is a separate method; see <see cref="LstmCell{TLanes, TGate}"/>.</summary>
internal sealed unsafe class ConvolutionCell<TLanes> : ConvolutionCell
    where TLanes : unmanaged, ILanes<TLanes>
{
    public override void Forward(float* gates, float* bias, float* input, float* output, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            Activate<TanhGate>(gates, bias, hiddenSize);
            Activate<SigmoidGate>(gates + hiddenSize, bias + hiddenSize, hiddenSize);
            Multiply<TLanes>(gates, input, output, 0, whole, hiddenSize);
            if (whole < hiddenSize) Multiply<Lanes1>(gates, input, output, whole, hiddenSize, hiddenSize);
            gates += 2 * hiddenSize;
            output += hiddenSize;
            if (input is not null) input += hiddenSize;
        }
    }

    public override void Backward(float* gates, float* outputGradient, float* sumGradient, float* biasGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            BackwardUnits<TLanes>(gates, outputGradient, sumGradient, biasGradient, 0, whole, hiddenSize);
            if (whole < hiddenSize) BackwardUnits<Lanes1>(gates, outputGradient, sumGradient, biasGradient, whole, hiddenSize, hiddenSize);
            gates += 2 * hiddenSize;
            outputGradient += hiddenSize;
            sumGradient += 2 * hiddenSize;
        }
    }

    private static void Activate<TActivation>(float* gates, float* bias, int count)
        where TActivation : struct, IGate
    {
        int whole = count - count % TLanes.Count;
        ActivateUnits<TLanes, TActivation>(gates, bias, 0, whole);
        if (whole < count) ActivateUnits<Lanes1, TActivation>(gates, bias, whole, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ActivateUnits<T, TActivation>(float* gates, float* bias, int first, int end)
        where T : unmanaged, ILanes<T>
        where TActivation : struct, IGate
    {
        for (int unit = first; unit < end; unit += T.Count)
            TActivation.Activate(T.Load(gates + unit) + T.Load(bias + unit)).Store(gates + unit);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply<T>(float* gates, float* input, float* output, int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            T tanh = T.Load(gates + unit), share = T.Load(gates + hiddenSize + unit);
            (input is null ? tanh * share : T.MultiplyAdd(tanh, share, T.Load(input + unit))).Store(output + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardUnits<T>(
        float* gates, float* outputGradient, float* sumGradient, float* biasGradient, int first, int end, int hiddenSize)
        where T : unmanaged, ILanes<T>
    {
        for (int unit = first; unit < end; unit += T.Count)
        {
            float* sum = sumGradient + unit, bias = biasGradient + unit;
            T tanh = T.Load(gates + unit), share = T.Load(gates + hiddenSize + unit), dh = T.Load(outputGradient + unit);
            StoreAndAdd(TanhGate.Backward(tanh, dh * share), sum, bias);
            StoreAndAdd(SigmoidGate.Backward(share, dh * tanh), sum + hiddenSize, bias + hiddenSize);
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
