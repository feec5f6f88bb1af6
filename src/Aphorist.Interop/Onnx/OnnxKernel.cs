namespace Aphorist.Interop.Onnx;

/// <summary>
/// Converts kernels and biases to ONNX's layout: one row for each output, with the gate blocks in the order of ONNX's operators.
/// </summary>
internal static class OnnxKernel
{
    /// <summary>Copies a kernel that is transposed in memory.</summary>
    /// <param name="values">[columns, rows].</param>
    /// <param name="order">The source block of each destination block.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void CopyTransposed(ReadOnlySpan<float> values, ReadOnlySpan<int> order, int rows, Span<float> destination)
    {
        int columns = values.Length / rows, block = rows / order.Length;
        for (int row = 0; row < rows; row++)
        {
            int source = order[row / block] * block + row % block;
            for (int column = 0; column < columns; column++) destination[row * columns + column] = values[column * rows + source];
        }
    }

    /// <summary>Writes the identity kernel, for inputs that already are the sums of the gates.</summary>
    /// <param name="order">As in <see cref="CopyTransposed"/>.</param>
    /// <param name="rows">The number of rows and of columns.</param>
    /// <param name="destination">[rows, rows].</param>
    public static void FillIdentity(ReadOnlySpan<int> order, int rows, Span<float> destination)
    {
        int block = rows / order.Length;
        destination.Clear();
        for (int row = 0; row < rows; row++) destination[row * rows + order[row / block] * block + row % block] = 1;
    }

    /// <summary>Copies the bias of a layer, followed by its recurrent bias, or zeros if there is none.</summary>
    public static void CopyBiases(Parameters parameters, LayerParameters tensors, ReadOnlySpan<int> order, Span<float> destination)
    {
        int rows = tensors.Bias.Rows;
        CopyTransposed(parameters.GetValues(tensors.Bias), order, rows, destination[..rows]);
        if (tensors.RecurrentBias is { } recurrent) CopyTransposed(parameters.GetValues(recurrent), order, rows, destination[rows..]);
        else destination[rows..].Clear();
    }
}
