using System.Numerics.Tensors;
using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>The initial values of parameters, as in Keras.</summary>
internal static class Initializer
{
    /// <summary>Uniform over [-limit, limit] with limit = sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010).</summary>
    public static void GlorotUniform(Span<float> values, int fanIn, int fanOut, RandomStream random)
    {
        double limit = Math.Sqrt(6.0 / (fanIn + fanOut));
        for (int index = 0; index < values.Length; index++) values[index] = (float)((2 * random.Uniform((ulong)index) - 1) * limit);
    }

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    public static void Normal(Span<float> values, RandomStream random)
    {
        for (int index = 0; index < values.Length; index++) values[index] = (float)random.Normal((ulong)index);
    }

    /// <summary>
    /// A random matrix [rows, columns] with orthonormal rows, where rows does not exceed columns (Saxe, McClelland and Ganguli, 2014).
    /// </summary>
    public static void Orthogonal(Span<float> values, int rows, int columns, RandomStream random)
    {
        double[] matrix = new double[rows * columns];
        for (int index = 0; index < matrix.Length; index++) matrix[index] = random.Normal((ulong)index);
        for (int row = 0; row < rows; row++)
        {
            Span<double> current = matrix.AsSpan(row * columns, columns);
            // Twice: the second pass removes the rounding errors of the first.
            for (int pass = 0; pass < 2; pass++) RemoveProjections(current, matrix.AsSpan(0, row * columns));
            TensorPrimitives.Divide(current, TensorPrimitives.Norm<double>(current), current);
        }

        for (int index = 0; index < matrix.Length; index++) values[index] = (float)matrix[index];
    }

    private static void RemoveProjections(Span<double> row, ReadOnlySpan<double> orthonormalRows)
    {
        for (int start = 0; start < orthonormalRows.Length; start += row.Length)
        {
            ReadOnlySpan<double> other = orthonormalRows.Slice(start, row.Length);
            TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<double>(row, other), row, row);
        }
    }
}
