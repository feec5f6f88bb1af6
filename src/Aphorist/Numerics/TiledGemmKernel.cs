using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>Cuts a product of any size into tiles of <typeparamref name="TMaxHeight"/> rows and two vectors.</summary>
internal sealed unsafe class TiledGemmKernel<TLanes, TMaxHeight> : GemmKernel
    where TLanes : unmanaged, ILanes<TLanes>
    where TMaxHeight : struct, ITileHeight
{
    public override int PanelWidth => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void PackPart(
        float* b, nint depthStride, nint columnStride, int depth, int columns, float* packed, int wholeDepth, int firstDepth)
    {
        int panelWidth = 2 * TLanes.Count;
        for (int column = 0; column < columns; column += panelWidth, b += panelWidth * columnStride)
        {
            float* panel = packed + (nint)column * wholeDepth + firstDepth * panelWidth;
            int width = Math.Min(panelWidth, columns - column);
            if (width == panelWidth && columnStride == 1) PackWholeRows(b, depthStride, depth, panel);
            else PackElements(b, depthStride, columnStride, depth, width, panel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(
        float* a, nint aRowStride, nint aDepthStride, float* packedB, float* c, nint cRowStride, int rows, int columns, int depth,
        bool accumulate, int packedDepth = 0)
    {
        if (packedDepth == 0) packedDepth = depth;
        if (depth == 0 && !accumulate) Clear(c, cRowStride, rows, columns);
        int panelWidth = 2 * TLanes.Count;
        bool copies = RowTiles<TMaxHeight>.PaysToCopy(aRowStride, aDepthStride, rows, columns);
        RowTile* tiles = stackalloc RowTile[RowTiles<TMaxHeight>.Count(Math.Min(rows, RowBlock))];
        for (int row = 0; row < rows; row += RowBlock)
        {
            int blockRows = Math.Min(RowBlock, rows - row);
            for (int k = 0; k < depth; k += DepthBlock)
            {
                int blockDepth = Math.Min(DepthBlock, depth - k);
                int count = RowTiles<TMaxHeight>.Cut(a + row * aRowStride + k * aDepthStride, aRowStride, aDepthStride, blockRows, tiles);
                float* blockB = packedB + k * panelWidth, blockC = c + row * cRowStride;
                if (copies) MultiplyCopied(tiles, count, blockB, packedDepth, blockC, cRowStride, columns, blockDepth, accumulate || k > 0);
                else MultiplyBlock(tiles, count, blockB, packedDepth, blockC, cRowStride, columns, blockDepth, accumulate || k > 0);
            }
        }
    }

    // The copy is on the stack, so each thread has its own at no cost. A separate method keeps its 200 kilobytes out of other stack frames.
    // The thread's stack must have more than half a megabyte, which is below every system's default.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MultiplyCopied(
        RowTile* tiles, int count, float* packedB, nint wholeDepth, float* c, nint cRowStride, int columns, int depth, bool accumulate)
    {
        float* copy = stackalloc float[RowBlock * DepthBlock];
        RowTiles<TMaxHeight>.Copy(tiles, count, depth, copy);
        MultiplyBlock(tiles, count, packedB, wholeDepth, c, cRowStride, columns, depth, accumulate);
    }

    /// <summary>Multiplies a block of A, which stays in the second-level cache, by all panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyBlock(
        RowTile* tiles, int count, float* packedB, nint wholeDepth, float* c, nint cRowStride, int columns, int depth, bool accumulate)
    {
        int panelWidth = 2 * TLanes.Count, column = 0;
        bool isRow = count == 1 && tiles->Height == 1;
        for (; isRow && column + GemmRow<TLanes>.Panels * panelWidth <= columns; column += GemmRow<TLanes>.Panels * panelWidth)
            GemmRow<TLanes>.Multiply(
                tiles->A, tiles->DepthStride, packedB + column * wholeDepth, wholeDepth * panelWidth, c + column, depth, accumulate);

        float* edge = stackalloc float[panelWidth * 8];
        for (; column < columns; column += panelWidth)
        {
            float* panel = packedB + column * wholeDepth, tileC = c + column;
            int width = Math.Min(panelWidth, columns - column);
            for (int tile = 0; tile < count; tile++)
            {
                if (width == panelWidth) MultiplyTile(tiles[tile], panel, tileC, cRowStride, depth, accumulate);
                else MultiplyEdge(tiles[tile], width, panel, tileC, cRowStride, depth, accumulate, edge);
                tileC += tiles[tile].Height * cRowStride;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackWholeRows(float* b, nint depthStride, int depth, float* panel)
    {
        for (int k = 0; k < depth; k++, b += depthStride, panel += 2 * TLanes.Count)
        {
            TLanes.Load(b).Store(panel);
            TLanes.Load(b + TLanes.Count).Store(panel + TLanes.Count);
        }
    }

    // A B in column-major order is read along its columns, a few depths at a time, so that the written part stays in the first-level cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackElements(float* b, nint depthStride, nint columnStride, int depth, int width, float* panel)
    {
        const int Block = 64;
        int panelWidth = 2 * TLanes.Count;
        for (int first = 0; first < depth; first += Block, b += Block * depthStride, panel += Block * panelWidth)
        {
            int count = Math.Min(Block, depth - first);
            for (int n = 0; n < width; n++)
            {
                float* column = b + n * columnStride;
                for (int k = 0; k < count; k++) panel[k * panelWidth + n] = column[k * depthStride];
            }

            for (int k = 0; k < count; k++)
            {
                for (int n = width; n < panelWidth; n++) panel[k * panelWidth + n] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyTile(in RowTile tile, float* b, float* c, nint cRowStride, nint depth, bool accumulate)
    {
        switch (tile.Height)
        {
            case 1:
                GemmTile<TLanes, Height1>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            case 2:
                GemmTile<TLanes, Height2>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            case 3:
                GemmTile<TLanes, Height3>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            case 4:
                GemmTile<TLanes, Height4>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            case 5:
                GemmTile<TLanes, Height5>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            case 6:
                GemmTile<TLanes, Height6>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            case 7:
                GemmTile<TLanes, Height7>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
            default:
                GemmTile<TLanes, Height8>.Multiply(tile.A, tile.RowStride, tile.DepthStride, b, c, cRowStride, depth, accumulate);
                break;
        }
    }

    /// <summary>Computes a tile that extends beyond the right edge of C in a buffer, and copies the part inside C.</summary>
    private static void MultiplyEdge(
        in RowTile tile, int width, float* b, float* c, nint cRowStride, nint depth, bool accumulate, float* edge)
    {
        int panelWidth = 2 * TLanes.Count;
        for (int row = 0; accumulate && row < tile.Height; row++) Copy(c + row * cRowStride, edge + row * panelWidth, width);
        MultiplyTile(tile, b, edge, panelWidth, depth, accumulate);
        for (int row = 0; row < tile.Height; row++) Copy(edge + row * panelWidth, c + row * cRowStride, width);
    }

    private static void Copy(float* source, float* destination, int count) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(destination, count));

    private static void Clear(float* c, nint cRowStride, int rows, int columns)
    {
        for (int row = 0; row < rows; row++) new Span<float>(c + row * cRowStride, columns).Clear();
    }
}
