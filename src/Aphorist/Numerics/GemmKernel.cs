namespace Aphorist.Numerics;

/// <summary>Matrix products for one instruction set.</summary>
internal abstract unsafe class GemmKernel
{
    /// <summary>The depth of a block: a panel of this depth and two vectors width stays in the first-level cache.</summary>
    public const int DepthBlock = 256;

    /// <summary>The rows of a block: the part of A that stays in the second-level cache while all panels of B are processed.</summary>
    public const int RowBlock = 192;

    /// <summary>The columns of a packed panel: two vectors.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>The number of columns rounded up to whole panels.</summary>
    public int PaddedColumns(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>The number of floats in a packed B.</summary>
    public int PackedLength(int depth, int columns) => checked(depth * PaddedColumns(columns));

    /// <summary>
    /// Packs B [depth, columns] into panels [columns / width][depth][width] and pads the last one with zeros. Reads element (k, n) at k *
    /// depthStride + n * columnStride, so a transposed B only needs other strides.
    /// </summary>
    public void Pack(float* b, nint depthStride, nint columnStride, int depth, int columns, float* packed) =>
        PackPart(b, depthStride, columnStride, depth, columns, packed, depth, 0);

    /// <summary>
    /// As <see cref="Pack"/>, for a range of depths from <paramref name="firstDepth"/> on, in a packed B whose depth is <paramref
    /// name="wholeDepth"/>.
    /// </summary>
    public abstract void PackPart(
        float* b, nint depthStride, nint columnStride, int depth, int columns, float* packed, int wholeDepth, int firstDepth);

    /// <summary>C [rows, columns] = A B, or += if <paramref name="accumulate"/>, with B packed.</summary>
    /// <param name="a">A [rows, depth] by its two strides, in floats.</param>
    /// <param name="aRowStride">The distance between two rows of A.</param>
    /// <param name="aDepthStride">The distance between two columns of A.</param>
    /// <param name="packedB">B, packed by <see cref="Pack"/>.</param>
    /// <param name="c">C, in row-major order. Only the rows and columns of C are written.</param>
    /// <param name="cRowStride">The distance between two rows of C.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    /// <param name="packedDepth">
    /// The depth that B was packed with, if the product uses only a part of it. <paramref name="packedB"/> then points to its first depth.
    /// 0 means <paramref name="depth"/>.
    /// </param>
    public abstract void Multiply(
        float* a, nint aRowStride, nint aDepthStride, float* packedB, float* c, nint cRowStride, int rows, int columns, int depth,
        bool accumulate, int packedDepth = 0);
}
