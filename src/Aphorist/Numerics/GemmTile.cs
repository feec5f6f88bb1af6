using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>
/// The micro-kernel: a tile of C, a few rows high and two vectors wide, that stays in registers over the whole depth. C (+)= A B, with A
/// read through its two strides and B from a packed panel of two vectors per depth.
/// </summary>
/// <remarks>
/// Each element of C is one chain of multiply-adds in depth order for every tile height, so results do not depend on how the rows are cut
/// into tiles. The sixteen accumulators are written out because only locals become registers. The height is a type, so unused rows compile
/// to nothing.
/// </remarks>
internal static unsafe class GemmTile<TLanes, THeight>
    where TLanes : unmanaged, ILanes<TLanes>
    where THeight : struct, ITileHeight
{
    // Two kilobytes ahead: hardware prefetching is too late for a panel that comes from beyond the second-level cache.
    private const int Ahead = 512;

    /// <param name="a">A [height, depth], with two strides in floats.</param>
    /// <param name="aRowStride">The distance between two rows of A.</param>
    /// <param name="aDepthStride">The distance between two columns of A.</param>
    /// <param name="b">The panel [depth, 2 vectors].</param>
    /// <param name="c">C [height, 2 vectors].</param>
    /// <param name="cRowStride">The distance between two rows of C.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="accumulate">Whether the sums start from C rather than from 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        float* a, nint aRowStride, nint aDepthStride, float* b, float* c, nint cRowStride, nint depth, bool accumulate)
    {
        TLanes c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51, c60, c61, c70, c71;
        c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = c60 = c61 = c70 = c71 = TLanes.Zero;
        if (accumulate)
        {
            LoadRow(c, out c00, out c01);
            if (THeight.Rows > 1) LoadRow(c + cRowStride, out c10, out c11);
            if (THeight.Rows > 2) LoadRow(c + 2 * cRowStride, out c20, out c21);
            if (THeight.Rows > 3) LoadRow(c + 3 * cRowStride, out c30, out c31);
            if (THeight.Rows > 4) LoadRow(c + 4 * cRowStride, out c40, out c41);
            if (THeight.Rows > 5) LoadRow(c + 5 * cRowStride, out c50, out c51);
            if (THeight.Rows > 6) LoadRow(c + 6 * cRowStride, out c60, out c61);
            if (THeight.Rows > 7) LoadRow(c + 7 * cRowStride, out c70, out c71);
        }

        float* a3 = a + 3 * aRowStride, a6 = a + 6 * aRowStride;
        for (float* end = b + depth * 2 * TLanes.Count; b < end; b += 2 * TLanes.Count)
        {
            TLanes.Prefetch(b + Ahead);
            TLanes.Prefetch(b + Ahead + TLanes.Count);
            TLanes b0 = TLanes.Load(b), b1 = TLanes.Load(b + TLanes.Count);
            MultiplyAddRow(*a, b0, b1, ref c00, ref c01);
            if (THeight.Rows > 1) MultiplyAddRow(a[aRowStride], b0, b1, ref c10, ref c11);
            if (THeight.Rows > 2) MultiplyAddRow(a[2 * aRowStride], b0, b1, ref c20, ref c21);
            if (THeight.Rows > 3) MultiplyAddRow(*a3, b0, b1, ref c30, ref c31);
            if (THeight.Rows > 4) MultiplyAddRow(a3[aRowStride], b0, b1, ref c40, ref c41);
            if (THeight.Rows > 5) MultiplyAddRow(a3[2 * aRowStride], b0, b1, ref c50, ref c51);
            if (THeight.Rows > 6) MultiplyAddRow(*a6, b0, b1, ref c60, ref c61);
            if (THeight.Rows > 7) MultiplyAddRow(a6[aRowStride], b0, b1, ref c70, ref c71);
            a += aDepthStride;
            if (THeight.Rows > 3) a3 += aDepthStride;
            if (THeight.Rows > 6) a6 += aDepthStride;
        }

        StoreRow(c, c00, c01);
        if (THeight.Rows > 1) StoreRow(c + cRowStride, c10, c11);
        if (THeight.Rows > 2) StoreRow(c + 2 * cRowStride, c20, c21);
        if (THeight.Rows > 3) StoreRow(c + 3 * cRowStride, c30, c31);
        if (THeight.Rows > 4) StoreRow(c + 4 * cRowStride, c40, c41);
        if (THeight.Rows > 5) StoreRow(c + 5 * cRowStride, c50, c51);
        if (THeight.Rows > 6) StoreRow(c + 6 * cRowStride, c60, c61);
        if (THeight.Rows > 7) StoreRow(c + 7 * cRowStride, c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRow(float* c, out TLanes c0, out TLanes c1) => (c0, c1) = (TLanes.Load(c), TLanes.Load(c + TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(float* c, TLanes c0, TLanes c1)
    {
        c0.Store(c);
        c1.Store(c + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAddRow(float a, TLanes b0, TLanes b1, ref TLanes c0, ref TLanes c1)
    {
        TLanes lanes = TLanes.Broadcast(a);
        c0 = TLanes.MultiplyAdd(lanes, b0, c0);
        c1 = TLanes.MultiplyAdd(lanes, b1, c1);
    }
}
