using System.Diagnostics.CodeAnalysis;
using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist;

/// <summary>The parameters of a model, or values with the same layout, such as an optimizer moment.</summary>
/// <remarks>
/// The tensors have these names and shapes, where V is the size of the vocabulary, E the embedding size, H the hidden size, I the length of
/// a layer's input (V for one-hot tokens), K the kernel size and n the layer, from 0:
/// <list type="bullet">
/// <item><c>embedding.weight</c> [V, E], if the model has an embedding.</item>
/// <item>
/// LSTM: <c>lstm.weight_ih_ln</c> [4H, I], <c>lstm.weight_hh_ln</c> [4H, H], <c>lstm.bias_ln</c> [4H], the sum of PyTorch's two biases. The
/// gates are in the order input, forget, cell, output.
/// </item>
/// <item>
/// GRU: <c>gru.weight_ih_ln</c> [3H, I], <c>gru.weight_hh_ln</c> [3H, H], <c>gru.bias_ih_ln</c> [3H], <c>gru.bias_hh_ln</c> [3H]. The gates
/// are in the order reset, update, new.
/// </item>
/// <item>
/// RNN: <c>rnn.weight_ih_ln</c> [H, I], <c>rnn.weight_hh_ln</c> [H, H], <c>rnn.bias_ln</c> [H], the sum of PyTorch's two biases.
/// </item>
/// <item>
/// Convolution: <c>convolution.n.weight</c> [2H, I, K], <c>convolution.n.bias</c> [2H]; first the rows for the tanh, then those for the
/// gate.
/// </item>
/// <item><c>layer_norm.weight_ln</c> [H] and <c>layer_norm.bias_ln</c> [H], if the model has layer normalization.</item>
/// <item><c>decoder.weight</c> [V, H], unless it is tied to the embedding, and <c>decoder.bias</c> [V].</item>
/// </list>
/// </remarks>
public sealed class Parameters
{
    // The number of rows that are transposed together: one cache line of the arena.
    internal const int RowsPerBlock = 16;

    private readonly AlignedArray arena;

    /// <summary>Creates parameters that are all 0.</summary>
    /// <param name="spec">The shape of the model.</param>
    /// <param name="vocabularySize">The number of tokens, at least 1.</param>
    /// <exception cref="InvalidOptionsException">The shape is not valid, or has more than about a billion parameters.</exception>
    public Parameters(ModelSpec spec, int vocabularySize)
        : this(LayoutOf(spec, vocabularySize))
    {
    }

    internal Parameters(ModelLayout layout)
    {
        Tensors = layout.Tensors;
        arena = new AlignedArray(Tensors[^1].End);
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    /// <summary>The number of parameters.</summary>
    public int Count => Tensors.Sum(tensor => tensor.Length);

    /// <summary>The values of all tensors, with gaps between them.</summary>
    internal Span<float> Values => arena.Span;

    internal Memory<float> Memory => arena.Memory;

    internal unsafe float* Pointer => arena.Pointer;

    /// <summary>Counts the parameters of a model without creating it.</summary>
    /// <param name="spec">The shape of the model.</param>
    /// <param name="vocabularySize">The number of tokens, at least 1.</param>
    /// <exception cref="InvalidOptionsException">The shape is not valid, or has more than about a billion parameters.</exception>
    public static int CountOf(ModelSpec spec, int vocabularySize) => LayoutOf(spec, vocabularySize).Tensors.Sum(tensor => tensor.Length);

    /// <summary>Gets a tensor by its name.</summary>
    /// <exception cref="KeyNotFoundException">The model has no such tensor.</exception>
    public ParameterTensor this[string name] => TryGetTensor(name, out ParameterTensor? tensor)
        ? tensor
        : throw new KeyNotFoundException(
            $"The model has no tensor '{name}'. It has {string.Join(", ", Tensors.Select(known => known.Name))}.");

    /// <summary>Gets a tensor by its name; false if the model has no such tensor.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out ParameterTensor? tensor)
    {
        ArgumentNullException.ThrowIfNull(name);
        tensor = Tensors.FirstOrDefault(known => known.Name == name);
        return tensor is not null;
    }

    /// <summary>
    /// Gets the memory that holds the values of a tensor, for reading and writing. <see cref="ToArray"/> returns them in row-major order.
    /// </summary>
    /// <remarks>
    /// A tensor with <see cref="ParameterTensor.IsTransposed"/> is in memory with its first dimension last: [I, 4H] for the input kernel of
    /// an LSTM.
    /// </remarks>
    public Span<float> GetValues(string name) => GetValues(this[name]);

    /// <inheritdoc cref="GetValues(string)"/>
    public Span<float> GetValues(ParameterTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Values.Slice(tensor.Offset, tensor.Length);
    }

    /// <summary>Returns a copy of the values of a tensor in the row-major order of its shape.</summary>
    public float[] ToArray(string name)
    {
        ParameterTensor tensor = this[name];
        float[] copy = new float[tensor.Length];
        for (int row = 0; row < tensor.Rows; row += RowsPerBlock) CopyRows(tensor, row, copy.AsSpan(row * Math.Max(1, tensor.Columns)));
        return copy;
    }

    /// <summary>Sets the values of a tensor.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="values">The values in the row-major order of its shape.</param>
    /// <exception cref="ArgumentException">The number of values differs from that of the tensor.</exception>
    public void Set(string name, ReadOnlySpan<float> values)
    {
        ParameterTensor tensor = this[name];
        if (values.Length != tensor.Length)
            throw new ArgumentException($"The tensor '{name}' has {tensor.Length} values, but {values.Length} were given.", nameof(values));
        for (int row = 0; row < tensor.Rows; row += RowsPerBlock) SetRows(tensor, row, values[(row * Math.Max(1, tensor.Columns))..]);
    }

    /// <summary>Copies up to <see cref="RowsPerBlock"/> rows in row-major order and returns the number of values.</summary>
    internal int CopyRows(ParameterTensor tensor, int start, Span<float> destination)
    {
        Span<float> values = GetValues(tensor);
        (int columns, int count) = (Math.Max(1, tensor.Columns), Math.Min(RowsPerBlock, tensor.Rows - start));
        if (!tensor.IsTransposed)
        {
            values.Slice(start * columns, count * columns).CopyTo(destination);
            return count * columns;
        }

        for (int column = 0; column < columns; column++)
            for (int row = 0; row < count; row++) destination[row * columns + column] = values[column * tensor.Rows + start + row];
        return count * columns;
    }

    /// <summary>Sets up to <see cref="RowsPerBlock"/> rows.</summary>
    internal void SetRows(ParameterTensor tensor, int start, ReadOnlySpan<float> source)
    {
        Span<float> values = GetValues(tensor);
        (int columns, int count) = (Math.Max(1, tensor.Columns), Math.Min(RowsPerBlock, tensor.Rows - start));
        if (!tensor.IsTransposed)
        {
            source[..(count * columns)].CopyTo(values[(start * columns)..]);
            return;
        }

        for (int column = 0; column < columns; column++)
            for (int row = 0; row < count; row++) values[column * tensor.Rows + start + row] = source[row * columns + column];
    }

    internal unsafe float* PointerTo(ParameterTensor tensor) => arena.Pointer + tensor.Offset;

    private static ModelLayout LayoutOf(ModelSpec spec, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        spec.Validate();
        return new ModelLayout(spec, vocabularySize);
    }
}
