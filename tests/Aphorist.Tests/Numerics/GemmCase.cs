using Aphorist.Numerics;
using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Numerics;

/// <summary>A matrix product with guard values around its matrices. Reading them gives NaN, and writing them fails the test.</summary>
internal sealed unsafe class GemmCase
{
    private const float Guard = -98765.4375f;

    // The stride of a row differs from its length, and there are guard values before and after each matrix.
    private const int Gap = 3, Margin = 32;

    private readonly int rows, columns, depth;
    private readonly double[] a, b, initial, product, magnitude;

    public GemmCase(int rows, int columns, int depth, int seed)
    {
        (this.rows, this.columns, this.depth) = (rows, columns, depth);
        Random random = new(seed);
        a = Values(rows * depth, random);
        b = Values(depth * columns, random);
        initial = Values(rows * columns, random);
        product = MatrixProduct.Multiply(a, b, rows, columns, depth);
        magnitude = MatrixProduct.Multiply([.. a.Select(Math.Abs)], [.. b.Select(Math.Abs)], rows, columns, depth);
    }

    /// <summary>Runs the product and checks every element of C and every float around it.</summary>
    public void Check(GemmKernel kernel, bool transposedA, bool transposedB, bool accumulate)
    {
        string what = $"{rows} x {columns} x {depth}, A^T {transposedA}, B^T {transposedB}, accumulate {accumulate}";
        AlignedArray aMemory = Place(a, rows, depth, transposedA, float.NaN), bMemory = Place(b, depth, columns, transposedB, float.NaN);
        AlignedArray cMemory = Place(initial, rows, columns, transposed: false, Guard);
        AlignedArray packed = new(kernel.PackedLength(depth, columns) + Margin);
        packed.Span.Fill(Guard);

        (nint aRow, nint aDepth) = Strides(rows, depth, transposedA);
        (nint bDepth, nint bColumn) = Strides(depth, columns, transposedB);
        kernel.Pack(bMemory.Pointer + Margin, bDepth, bColumn, depth, columns, packed.Pointer);
        Assert.True(packed.Span[^Margin..].IndexOfAnyExcept(Guard) < 0, $"{what}: Pack wrote behind its destination.");
        kernel.Multiply(
            aMemory.Pointer + Margin, aRow, aDepth, packed.Pointer, cMemory.Pointer + Margin, columns + Gap,
            rows, columns, depth, accumulate);
        CheckProduct(cMemory.Span, accumulate, what);
        GC.KeepAlive(aMemory);
        GC.KeepAlive(bMemory);
        GC.KeepAlive(packed);
    }

    private void CheckProduct(ReadOnlySpan<float> memory, bool accumulate, string what)
    {
        int stride = columns + Gap;
        for (int place = 0; place < memory.Length; place++)
        {
            int row = Math.DivRem(place - Margin, stride, out int column);
            if (place < Margin || row >= rows || column >= columns)
            {
                if (memory[place] != Guard) Assert.Fail($"{what}: wrote {memory[place]} outside of C, at row {row}, column {column}.");
                continue;
            }

            int index = row * columns + column;
            double start = accumulate ? initial[index] : 0;
            double bound = Tolerance.OfDotProduct(depth + 1) * (magnitude[index] + Math.Abs(start));
            // The comparison is negated so that NaN fails.
            if (!(Math.Abs(start + product[index] - memory[place]) <= bound))
                Assert.Fail($"{what}: C[{row}, {column}] is {memory[place]:R}, expected {start + product[index]:R} to {bound:E1}.");
        }
    }

    private static (nint Row, nint Column) Strides(int rows, int columns, bool transposed) =>
        transposed ? (1, rows + Gap) : (columns + Gap, 1);

    private static AlignedArray Place(double[] values, int rows, int columns, bool transposed, float around)
    {
        (nint rowStride, nint columnStride) = Strides(rows, columns, transposed);
        AlignedArray memory = new(2 * Margin + (rows + Gap) * (columns + Gap));
        memory.Span.Fill(around);
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                memory.Span[Margin + (int)(row * rowStride + column * columnStride)] = (float)values[row * columns + column];
        return memory;
    }

    /// <summary>Uniform over [-1, 1) and exact as floats, so that engine and reference multiply the same numbers.</summary>
    private static double[] Values(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(2 * random.NextSingle() - 1))];
}
