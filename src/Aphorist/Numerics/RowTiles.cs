using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>The rows of A in one tile: their position and strides.</summary>
internal unsafe struct RowTile
{
    public float* A;
    public nint RowStride, DepthStride;
    public int Height;
}

/// <summary>Cuts a block of A's rows into tiles, which are read in place or copied into contiguous memory first.</summary>
internal static unsafe class RowTiles<TMaxHeight>
    where TMaxHeight : struct, ITileHeight
{
    // A row of this many floats, or a column of a transposed A, maps to the same cache set as the next one. Copying pays if enough columns
    // of B follow.
    private const int FarStride = 512;
    private const int ColumnsForColumns = 256;
    private const int ColumnsForRows = 1024;

    /// <summary>Whether copying the tiles of a block into contiguous memory pays for a number of columns.</summary>
    public static bool PaysToCopy(nint rowStride, nint depthStride, int rows, int columns) =>
        rows > 1 && (depthStride == 1 ? rowStride >= FarStride && columns >= ColumnsForRows : columns >= ColumnsForColumns);

    /// <summary>Returns the number of tiles for a number of rows.</summary>
    public static int Count(int rows) => (rows + TMaxHeight.Rows - 1) / TMaxHeight.Rows;

    /// <summary>
    /// Creates the tiles and returns their number. Rows are distributed evenly: 32 rows in tiles of at most 6 give 6 6 5 5 5 5 rather than
    /// 6 6 6 6 6 2, whose last tile would run at half speed.
    /// </summary>
    public static int Cut(float* a, nint rowStride, nint depthStride, int rows, RowTile* tiles)
    {
        int count = Count(rows), least = rows / count, larger = rows - least * count;
        for (int tile = 0; tile < count; tile++)
        {
            int height = least + (tile < larger ? 1 : 0);
            tiles[tile] = new RowTile { A = a, RowStride = rowStride, DepthStride = depthStride, Height = height };
            a += height * rowStride;
        }

        return count;
    }

    /// <summary>Copies tiles one after the other, in the order in which the kernel reads a transposed A, or by rows.</summary>
    /// <param name="tiles">The tiles from <see cref="Cut"/>. They are changed to point to the copies.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="depth">The depth.</param>
    /// <param name="copy">[rows of all tiles, depth].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(RowTile* tiles, int count, int depth, float* copy)
    {
        for (int index = 0; index < count; index++, tiles++)
        {
            if (tiles->DepthStride == 1)
            {
                CopyRows(*tiles, depth, copy);
                tiles->RowStride = depth;
            }
            else
            {
                CopyColumns(*tiles, depth, copy);
                (tiles->RowStride, tiles->DepthStride) = (1, tiles->Height);
            }

            tiles->A = copy;
            copy += tiles->Height * depth;
        }
    }

    private static void CopyRows(RowTile tile, int depth, float* copy)
    {
        for (int row = 0; row < tile.Height; row++)
            new ReadOnlySpan<float>(tile.A + row * tile.RowStride, depth).CopyTo(new Span<float>(copy + row * depth, depth));
    }

    private static void CopyColumns(RowTile tile, int depth, float* copy)
    {
        if (tile.RowStride == 1 && tile.Height == Lanes256.Count) CopyWholeColumns(tile.A, tile.DepthStride, depth, copy);
        else
        {
            for (int k = 0; k < depth; k++, tile.A += tile.DepthStride)
                for (int row = 0; row < tile.Height; row++) *copy++ = tile.A[row * tile.RowStride];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void CopyWholeColumns(float* a, nint depthStride, int depth, float* copy)
    {
        float* end = copy + depth * Lanes256.Count;
        for (; copy < end - 3 * Lanes256.Count; copy += 4 * Lanes256.Count, a += 4 * depthStride)
        {
            Lanes256 a0 = Lanes256.Load(a);
            Lanes256 a1 = Lanes256.Load(a + depthStride);
            Lanes256 a2 = Lanes256.Load(a + 2 * depthStride);
            Lanes256 a3 = Lanes256.Load(a + 3 * depthStride);
            a0.Store(copy);
            a1.Store(copy + Lanes256.Count);
            a2.Store(copy + 2 * Lanes256.Count);
            a3.Store(copy + 3 * Lanes256.Count);
        }

        for (; copy < end; copy += Lanes256.Count, a += depthStride) Lanes256.Load(a).Store(copy);
    }
}
