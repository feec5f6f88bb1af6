using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>The exponential function and the activation functions, over vectors of any width.</summary>
internal static class Activations
{
    /// <summary>
    /// e^x = 2^n e^r with n = round(x / ln 2) and |r| at most ln(2) / 2, where a polynomial of degree 6 gives e^r.
    /// Relative error at most 2e-7; x is clamped to [-87, 88], so the result is neither denormal nor infinite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        // Adding 1.5 * 2^23 rounds to an integer in the low bits. Adding 127 as well makes these bits the exponent of 2^n.
        TLanes shift = TLanes.Broadcast(12582912f + 127f);
        // The limits are the first operands because the processor's minimum and maximum return the second operand if one is NaN.
        x = TLanes.Max(TLanes.Broadcast(-87f), TLanes.Min(TLanes.Broadcast(88f), x));
        TLanes shifted = TLanes.MultiplyAdd(x, TLanes.Broadcast(1.44269504f), shift);
        TLanes n = shifted - shift;
        // ln 2 in two parts. The first is short enough for its product with n to be exact.
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-0.693359375f), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(2.12194440e-4f), r);
        // The Taylor coefficients, with the last two adjusted to minimize the largest error on the interval.
        TLanes p = TLanes.MultiplyAdd(TLanes.Broadcast(1.9875691500e-4f), r, TLanes.Broadcast(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(5.0000001201e-1f));
        p = TLanes.MultiplyAdd(p, r * r, r + TLanes.Broadcast(1f));
        return p * TLanes.LowBitsToExponent(shifted);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        return one / (one + Exp(TLanes.Zero - x));
    }

    /// <summary>clip(0.2 x + 0.5, 0, 1), as Keras defined it up to version 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes HardSigmoid<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Max(TLanes.Zero, TLanes.Min(TLanes.Broadcast(1f), TLanes.MultiplyAdd(x, TLanes.Broadcast(0.2f), TLanes.Broadcast(0.5f))));

    /// <summary>tanh x = 2 / (1 + e^-2x) - 1; the absolute error is at most 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        return TLanes.Broadcast(2f) / (one + Exp(x * TLanes.Broadcast(-2f))) - one;
    }
}
