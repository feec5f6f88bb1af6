using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>
/// One row of a product. It computes four panels together, because one row of a tile has too few independent sums to keep the multiply-add
/// units busy. The sums have the same order as in <see cref="GemmTile{TLanes, THeight}"/>, so both give the same bits.
/// </summary>
internal static unsafe class GemmRow<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>The number of panels that are computed together.</summary>
    public const int Panels = 4;

    /// <param name="a">[depth], with a stride.</param>
    /// <param name="aDepthStride">The distance between two depths of A, in floats.</param>
    /// <param name="b">Four panels [depth, 2 vectors].</param>
    /// <param name="panelStride">The distance between two panels, in floats.</param>
    /// <param name="c">[8 vectors].</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="accumulate">Whether the sums start from C rather than from 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, nint aDepthStride, float* b, nint panelStride, float* c, nint depth, bool accumulate)
    {
        int width = TLanes.Count;
        TLanes c0, c1, c2, c3, c4, c5, c6, c7;
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = TLanes.Zero;
        if (accumulate)
        {
            (c0, c1, c2, c3) = (TLanes.Load(c), TLanes.Load(c + width), TLanes.Load(c + 2 * width), TLanes.Load(c + 3 * width));
            (c4, c5, c6, c7) =
                (TLanes.Load(c + 4 * width), TLanes.Load(c + 5 * width), TLanes.Load(c + 6 * width), TLanes.Load(c + 7 * width));
        }

        float* b1 = b + panelStride, b2 = b1 + panelStride, b3 = b2 + panelStride;
        for (float* end = b + depth * 2 * width; b < end; b += 2 * width)
        {
            TLanes factor = TLanes.Broadcast(*a);
            c0 = TLanes.MultiplyAdd(factor, TLanes.Load(b), c0);
            c1 = TLanes.MultiplyAdd(factor, TLanes.Load(b + width), c1);
            c2 = TLanes.MultiplyAdd(factor, TLanes.Load(b1), c2);
            c3 = TLanes.MultiplyAdd(factor, TLanes.Load(b1 + width), c3);
            c4 = TLanes.MultiplyAdd(factor, TLanes.Load(b2), c4);
            c5 = TLanes.MultiplyAdd(factor, TLanes.Load(b2 + width), c5);
            c6 = TLanes.MultiplyAdd(factor, TLanes.Load(b3), c6);
            c7 = TLanes.MultiplyAdd(factor, TLanes.Load(b3 + width), c7);
            a += aDepthStride;
            b1 += 2 * width;
            b2 += 2 * width;
            b3 += 2 * width;
        }

        c0.Store(c);
        c1.Store(c + width);
        c2.Store(c + 2 * width);
        c3.Store(c + 3 * width);
        c4.Store(c + 4 * width);
        c5.Store(c + 5 * width);
        c6.Store(c + 6 * width);
        c7.Store(c + 7 * width);
    }
}
