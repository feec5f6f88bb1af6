namespace Aphorist.Numerics;

/// <summary>Matrix products for one instruction set.</summary>
internal abstract unsafe class GemmKernel
{
    /// <summary>Depth of a block: a panel of this depth and two vectors' width stays in the first-level cache.</summary>
    public const int DepthBlock = 256;

    /// <summary>Rows of a block: as much of A as stays in the second-level cache while all panels of B pass by.</summary>
    public const int RowBlock = 192;

    /// <summary>Columns of a packed panel: two vectors.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>The number of columns rounded up to whole panels.</summary>
    public int PaddedColumns(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>Floats that a packed B takes.</summary>
    public int PackedLength(int depth, int columns) => checked(depth * PaddedColumns(columns));

    /// <summary>
    /// Packs B [depth, columns] into panels [columns / width][depth][width], the last filled up with zeros. Reads element (k, n) at
    /// k * depthStride + n * columnStride, so a transposed B needs nothing but other strides.
    /// </summary>
    public void Pack(float* b, nint depthStride, nint columnStride, int depth, int columns, float* packed) =>
        PackPart(b, depthStride, columnStride, depth, columns, packed, depth, 0);

    /// <summary>As <see cref="Pack"/>, for some depths of a B whose panels are <paramref name="wholeDepth"/> deep: those from <paramref name="firstDepth"/> on.</summary>
    public abstract void PackPart(
        float* b, nint depthStride, nint columnStride, int depth, int columns, float* packed, int wholeDepth, int firstDepth);

    /// <summary>C [rows, columns] = A B, or += if <paramref name="accumulate"/>, with B packed.</summary>
    /// <param name="a">A [rows, depth] by its two strides, in floats.</param>
    /// <param name="aRowStride">From one row of A to the next.</param>
    /// <param name="aDepthStride">From one column of A to the next.</param>
    /// <param name="packedB">B as <see cref="Pack"/> leaves it.</param>
    /// <param name="c">C, by rows; only the rows and columns of C are written.</param>
    /// <param name="cRowStride">From one row of C to the next.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    /// <param name="packedDepth">The depth that B was packed with, where only a part of it takes part and <paramref name="packedB"/> points to its first depth; 0 for <paramref name="depth"/>.</param>
    public abstract void Multiply(
        float* a, nint aRowStride, nint aDepthStride, float* packedB, float* c, nint cRowStride, int rows, int columns, int depth, bool accumulate, int packedDepth = 0);
}
