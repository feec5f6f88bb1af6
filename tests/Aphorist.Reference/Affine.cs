namespace Aphorist.Reference;

/// <summary>
/// y = W x + b and its derivatives. W [rows, columns] is in row-major order, and its number of columns is the length of x.
/// </summary>
internal static class Affine
{
    /// <summary>Returns W x + b.</summary>
    public static double[] Apply(ReadOnlySpan<double> kernel, ReadOnlySpan<double> bias, ReadOnlySpan<double> x)
    {
        double[] y = bias.ToArray();
        for (int row = 0; row < y.Length; row++)
            for (int column = 0; column < x.Length; column++)
                y[row] += kernel[row * x.Length + column] * x[column];
        return y;
    }

    /// <summary>Returns dx = W^T dy.</summary>
    public static double[] InputGradient(ReadOnlySpan<double> kernel, ReadOnlySpan<double> yGradient)
    {
        double[] gradient = new double[kernel.Length / yGradient.Length];
        for (int row = 0; row < yGradient.Length; row++)
            for (int column = 0; column < gradient.Length; column++)
                gradient[column] += kernel[row * gradient.Length + column] * yGradient[row];
        return gradient;
    }

    /// <summary>Adds dW = dy x^T and db = dy.</summary>
    public static void AddGradients(Span<double> kernel, Span<double> bias, ReadOnlySpan<double> yGradient, ReadOnlySpan<double> x)
    {
        for (int row = 0; row < yGradient.Length; row++)
        {
            bias[row] += yGradient[row];
            for (int column = 0; column < x.Length; column++) kernel[row * x.Length + column] += yGradient[row] * x[column];
        }
    }
}
