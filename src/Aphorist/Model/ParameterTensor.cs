namespace Aphorist;

/// <summary>A named tensor of a model: its name, shape and position. <see cref="Parameters"/> holds the values.</summary>
public sealed record ParameterTensor
{
    internal ParameterTensor(
        string name, int rows, int columns, int offset, bool isTransposed, int kernelSize = 0, IReadOnlyList<string>? storedNames = null)
    {
        (Name, Rows, Columns, Offset, IsTransposed, KernelSize) = (name, rows, columns, offset, isTransposed, kernelSize);
        StoredNames = storedNames ?? [name];
    }

    /// <summary>
    /// The name, for example <c>lstm.weight_ih_l0</c>. It is PyTorch's name where PyTorch has such a tensor; see <see cref="Parameters"/>.
    /// </summary>
    public string Name { get; }

    /// <summary>The dimensions, as in PyTorch, for example [512, 128].</summary>
    public IReadOnlyList<int> Shape => Columns == 0 ? [Rows] : KernelSize == 0 ? [Rows, Columns] : [Rows, Columns / KernelSize, KernelSize];

    /// <summary>The number of values.</summary>
    public int Length => Rows * Math.Max(Columns, 1);

    /// <summary>
    /// Whether memory holds the transposed matrix: all dimensions except the first in row-major order, then the first dimension. See <see
    /// cref="Parameters.GetValues(string)"/>.
    /// </summary>
    public bool IsTransposed { get; }

    /// <summary>The first dimension.</summary>
    internal int Rows { get; }

    /// <summary>The product of the other dimensions; 0 for a vector.</summary>
    internal int Columns { get; }

    /// <summary>The third dimension; 0 for none.</summary>
    internal int KernelSize { get; }

    /// <summary>The start in the arena, in floats.</summary>
    internal int Offset { get; }

    /// <summary>The end in the arena, in floats.</summary>
    internal int End => Offset + Length;

    /// <summary>The tensors of a model file that add up to this one.</summary>
    internal IReadOnlyList<string> StoredNames { get; }
}
