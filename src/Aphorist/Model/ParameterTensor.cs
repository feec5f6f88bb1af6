namespace Aphorist;

/// <summary>One named tensor of a model: a view into the arena that holds all of them.</summary>
/// <param name="Name">PyTorch's name, such as <c>lstm.weight_ih_l0</c>.</param>
/// <param name="Rows">The first dimension of PyTorch's shape.</param>
/// <param name="Columns">The second dimension of PyTorch's shape; 0 for a vector. A convolution's kernel has a third one, which is a factor of this.</param>
/// <param name="Offset">Where the tensor starts in the arena, in floats.</param>
/// <param name="Transposed">Whether memory holds the matrix as [Columns, Rows], which is what the engine multiplies by.</param>
public sealed record ParameterTensor(string Name, int Rows, int Columns, int Offset, bool Transposed)
{
    /// <summary>The third dimension of PyTorch's shape, for a convolution's kernel; 0, the default, for others.</summary>
    public int KernelSize { get; init; }

    /// <summary>The number of values.</summary>
    public int Length => Rows * Math.Max(Columns, 1);

    /// <summary>Where the tensor ends in the arena.</summary>
    internal int End => Offset + Length;

    /// <summary>PyTorch's shape.</summary>
    public int[] Shape => Columns == 0 ? [Rows] : KernelSize == 0 ? [Rows, Columns] : [Rows, Columns / KernelSize, KernelSize];
}
