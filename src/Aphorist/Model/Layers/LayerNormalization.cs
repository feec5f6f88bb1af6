using System.Runtime.CompilerServices;
using Aphorist.Model.Layers.Lstm;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>Layer normalization (Ba, Kiros and Hinton, 2016): forward pass and backward pass.</summary>
/// <remarks>
/// n = (h - mean(h)) r with r = 1 / sqrt(mean((h - mean(h))^2) + 0.00001), with means over the units; y = g n + b. In the backward pass,
/// with d = g dy: dh = r (d - mean(d) - n mean(d n)), dg = dy n, db = dy.
/// </remarks>
internal abstract unsafe class LayerNormalization
{
    /// <summary>The number of floats per row that are kept for the backward pass: mean(h) and r.</summary>
    public const int StatisticsLength = 2;

    /// <summary>The constant that keeps r finite, as in PyTorch.</summary>
    public const float Epsilon = 1e-5f;

    public static LayerNormalization Create(InstructionSet set) =>
        set == InstructionSet.Vector512 ? new LayerNormalization<Lanes512>()
        : set == InstructionSet.Vector256 ? new LayerNormalization<Lanes256>()
        : new LayerNormalization<Lanes128>();

    /// <summary>Normalizes rows.</summary>
    /// <param name="hidden">[rows, H]: h.</param>
    /// <param name="gain">[H]: g.</param>
    /// <param name="bias">[H]: b.</param>
    /// <param name="normalized">[rows, H]: receives y.</param>
    /// <param name="statistics">[rows, 2]: receives mean(h) and r.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Forward(float* hidden, float* gain, float* bias, float* normalized, float* statistics, int rows, int hiddenSize);

    /// <summary>The backward pass of the same rows.</summary>
    /// <param name="hidden">[rows, H]: h.</param>
    /// <param name="statistics">[rows, 2]: mean(h) and r.</param>
    /// <param name="gain">[H]: g.</param>
    /// <param name="gradient">[rows, H]: dy on input, dh on output.</param>
    /// <param name="gainGradient">[H]: dg is added.</param>
    /// <param name="biasGradient">[H]: db is added.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hiddenSize">H.</param>
    public abstract void Backward(
        float* hidden, float* statistics, float* gain, float* gradient, float* gainGradient, float* biasGradient, int rows, int hiddenSize);
}

/// <summary>Layer normalization for one vector width.</summary>
/// <remarks>
/// A row stays in the first-level cache during its loops. Each loop is a separate method; see <see cref="LstmCell{TLanes, TGate}"/>.
/// </remarks>
internal sealed unsafe class LayerNormalization<TLanes> : LayerNormalization
    where TLanes : unmanaged, ILanes<TLanes>
{
    public override void Forward(float* hidden, float* gain, float* bias, float* normalized, float* statistics, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            float mean = (Sum<TLanes>(hidden, 0, whole) + Sum<Lanes1>(hidden, whole, hiddenSize)) / hiddenSize;
            float variance =
                (SumOfSquares<TLanes>(hidden, mean, 0, whole) + SumOfSquares<Lanes1>(hidden, mean, whole, hiddenSize)) / hiddenSize;
            float scale = 1 / MathF.Sqrt(variance + Epsilon);
            NormalizeUnits<TLanes>(hidden, mean, scale, gain, bias, normalized, 0, whole);
            NormalizeUnits<Lanes1>(hidden, mean, scale, gain, bias, normalized, whole, hiddenSize);
            (statistics[0], statistics[1]) = (mean, scale);
            hidden += hiddenSize;
            normalized += hiddenSize;
            statistics += StatisticsLength;
        }
    }

    public override void Backward(
        float* hidden, float* statistics, float* gain, float* gradient, float* gainGradient, float* biasGradient, int rows, int hiddenSize)
    {
        int whole = hiddenSize - hiddenSize % TLanes.Count;
        for (int row = 0; row < rows; row++)
        {
            (float mean, float scale) = (statistics[0], statistics[1]);
            (float d, float dn) = AddGradients<TLanes>(hidden, mean, scale, gain, gradient, gainGradient, biasGradient, 0, whole);
            (float dRest, float dnRest) = AddGradients<Lanes1>(
                hidden, mean, scale, gain, gradient, gainGradient, biasGradient, whole, hiddenSize);
            (float dMean, float dnMean) = ((d + dRest) / hiddenSize, (dn + dnRest) / hiddenSize);
            BackwardUnits<TLanes>(hidden, mean, scale, gain, gradient, dMean, dnMean, 0, whole);
            BackwardUnits<Lanes1>(hidden, mean, scale, gain, gradient, dMean, dnMean, whole, hiddenSize);
            hidden += hiddenSize;
            gradient += hiddenSize;
            statistics += StatisticsLength;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum<T>(float* hidden, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        T sum = T.Zero;
        for (int unit = first; unit < end; unit += T.Count) sum += T.Load(hidden + unit);
        return sum.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float SumOfSquares<T>(float* hidden, float mean, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        T sum = T.Zero, middle = T.Broadcast(mean);
        for (int unit = first; unit < end; unit += T.Count)
        {
            T distance = T.Load(hidden + unit) - middle;
            sum = T.MultiplyAdd(distance, distance, sum);
        }

        return sum.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void NormalizeUnits<T>(
        float* hidden, float mean, float scale, float* gain, float* bias, float* normalized, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        T middle = T.Broadcast(mean), r = T.Broadcast(scale);
        for (int unit = first; unit < end; unit += T.Count)
            T.MultiplyAdd(T.Load(gain + unit), (T.Load(hidden + unit) - middle) * r, T.Load(bias + unit)).Store(normalized + unit);
    }

    /// <summary>Adds dg and db, and returns the sums of d and d n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static (float Sum, float SumOfProducts) AddGradients<T>(
        float* hidden, float mean, float scale, float* gain, float* gradient, float* gainGradient, float* biasGradient, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        T middle = T.Broadcast(mean), r = T.Broadcast(scale), sum = T.Zero, products = T.Zero;
        for (int unit = first; unit < end; unit += T.Count)
        {
            T n = (T.Load(hidden + unit) - middle) * r, dy = T.Load(gradient + unit), d = dy * T.Load(gain + unit);
            T.MultiplyAdd(dy, n, T.Load(gainGradient + unit)).Store(gainGradient + unit);
            (T.Load(biasGradient + unit) + dy).Store(biasGradient + unit);
            sum += d;
            products = T.MultiplyAdd(d, n, products);
        }

        return (sum.Sum(), products.Sum());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void BackwardUnits<T>(
        float* hidden, float mean, float scale, float* gain, float* gradient, float dMean, float dnMean, int first, int end)
        where T : unmanaged, ILanes<T>
    {
        T middle = T.Broadcast(mean), r = T.Broadcast(scale), meanOfD = T.Broadcast(dMean), meanOfProducts = T.Broadcast(dnMean);
        for (int unit = first; unit < end; unit += T.Count)
        {
            T n = (T.Load(hidden + unit) - middle) * r;
            (r * (T.Load(gradient + unit) * T.Load(gain + unit) - meanOfD - n * meanOfProducts)).Store(gradient + unit);
        }
    }
}
