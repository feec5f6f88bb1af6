using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

/// <summary>Every kernel runs on every machine: the framework emulates the widths that the processor lacks.</summary>
public sealed class GemmTests
{
    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_SizesAroundEveryTile_EqualsTheDefinition(string name)
    {
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        int width = kernel.PanelWidth;
        // Tiles have at most 6 or 8 rows: heights 1 to 8, and what two or three tiles of unequal height make.
        int[] rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 17];
        int[] columns = [0, 1, width / 2 - 1, width / 2, width / 2 + 1, width - 1, width, width + 1, 2 * width, 2 * width + 3];
        foreach (int row in rows)
            foreach (int column in columns)
                foreach (int depth in (int[])[0, 1, 2, 7])
                    CheckAllForms(kernel, row, column, depth);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_DepthsAroundTheBlock_EqualsTheDefinition(string name)
    {
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        int block = GemmKernel.DepthBlock;
        foreach (int depth in (int[])[block - 1, block, block + 1, 2 * block, 2 * block + 1])
            foreach (int row in (int[])[1, 8, 9])
                CheckAllForms(kernel, row, kernel.PanelWidth + 1, depth);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_SingleRowAroundFourPanels_EqualsTheDefinition(string name)
    {
        // One row has a kernel of its own, four panels wide.
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        int width = kernel.PanelWidth;
        foreach (int column in (int[])[4 * width - 1, 4 * width, 4 * width + 1, 5 * width, 8 * width, 8 * width + width / 2])
            foreach (int depth in (int[])[0, 1, 2, 7, GemmKernel.DepthBlock + 1])
                CheckAllForms(kernel, 1, column, depth);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_RowsCopiedTogether_EqualsTheDefinition(string name)
    {
        // Wide products copy the rows of a transposed A, and rows that lie far apart; blocks of rows and depths end in the middle.
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        foreach (int row in (int[])[2, 8, 9, GemmKernel.RowBlock + 3]) CheckAllForms(kernel, row, 257, 65);
        CheckAllForms(kernel, 9, 1025, 2 * GemmKernel.DepthBlock + 1);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_RowsCopiedTogether_GivesTheBitsOfReadingThemInPlace(string name)
    {
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        AssertSameBits(kernel, rows: GemmKernel.RowBlock + 8, columns: 320, depth: GemmKernel.DepthBlock + 45, transposedA: true);
        AssertSameBits(kernel, rows: 17, columns: 1088, depth: 2 * GemmKernel.DepthBlock + 45, transposedA: false);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_SizesOfTheNotebook_EqualsTheDefinition(string name)
    {
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        CheckAllForms(kernel, 32, 512, 128);
        CheckAllForms(kernel, 57, 128, 32);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Multiply_RowsCutDifferently_GivesTheSameBits(string name)
    {
        GemmKernel kernel = InstructionSet.Choose(name).Gemm;
        float[] whole = Product(kernel, 29, 1), single = Product(kernel, 29, 29), uneven = Product(kernel, 29, 3);
        Assert.Equal(whole, single);
        Assert.Equal(whole, uneven);
    }

    private static void CheckAllForms(GemmKernel kernel, int rows, int columns, int depth)
    {
        GemmCase product = new(rows, columns, depth, seed: (rows * 1000 + columns) * 1000 + depth);
        foreach (bool transposedA in (bool[])[false, true])
            foreach (bool transposedB in (bool[])[false, true])
                foreach (bool accumulate in (bool[])[false, true])
                    product.Check(kernel, transposedA, transposedB, accumulate);
    }

    /// <summary>Computes a product as a whole, for which rows are copied, and panel by panel, for which they are not.</summary>
    private static unsafe void AssertSameBits(GemmKernel kernel, int rows, int columns, int depth, bool transposedA)
    {
        Random random = new(1);
        AlignedArray a = new(rows * depth), b = new(depth * columns), packed = new(kernel.PackedLength(depth, columns));
        AlignedArray whole = new(rows * columns), panels = new(rows * columns);
        foreach (ref float value in a.Span) value = random.NextSingle() - 0.5f;
        foreach (ref float value in b.Span) value = random.NextSingle() - 0.5f;
        kernel.Pack(b.Pointer, columns, 1, depth, columns, packed.Pointer);
        Multiply(0, columns, whole);
        for (int column = 0; column < columns; column += kernel.PanelWidth) Multiply(column, kernel.PanelWidth, panels);
        Assert.Equal(panels.Span, whole.Span);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(packed);

        void Multiply(int first, int count, AlignedArray c) => kernel.Multiply(
            a.Pointer, transposedA ? 1 : depth, transposedA ? rows : 1, packed.Pointer + first * depth, c.Pointer + first, columns,
            rows, count, depth, accumulate: false);
    }

    /// <summary>A product whose rows are computed in this many calls.</summary>
    private static unsafe float[] Product(GemmKernel kernel, int rows, int calls)
    {
        const int Columns = 141, Depth = 300;
        Random random = new(1);
        AlignedArray a = new(rows * Depth), b = new(Depth * Columns), c = new(rows * Columns);
        AlignedArray packed = new(kernel.PackedLength(Depth, Columns));
        foreach (ref float value in a.Span) value = random.NextSingle() - 0.5f;
        foreach (ref float value in b.Span) value = random.NextSingle() - 0.5f;
        kernel.Pack(b.Pointer, Columns, 1, Depth, Columns, packed.Pointer);
        for (int call = 0; call < calls; call++)
        {
            int first = rows * call / calls, count = rows * (call + 1) / calls - first;
            kernel.Multiply(
                a.Pointer + first * Depth, Depth, 1, packed.Pointer, c.Pointer + first * Columns, Columns,
                count, Columns, Depth, accumulate: false);
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(packed);
        return c.Span.ToArray();
    }
}
