namespace Aphorist.Reference;

/// <summary>The product of two matrices, computed by its definition.</summary>
public static class MatrixProduct
{
    /// <summary>Returns A B [rows, columns] for A [rows, depth] and B [depth, columns], both in row-major order.</summary>
    public static double[] Multiply(double[] a, double[] b, int rows, int columns, int depth)
    {
        double[] product = new double[rows * columns];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                for (int k = 0; k < depth; k++)
                    product[row * columns + column] += a[row * depth + k] * b[k * columns + column];
        return product;
    }
}
