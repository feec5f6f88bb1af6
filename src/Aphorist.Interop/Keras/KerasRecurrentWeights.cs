using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>The weights of a recurrent layer, in our gate order.</summary>
/// <param name="Kernel">[I, G H].</param>
/// <param name="Recurrent">[H, G H].</param>
/// <param name="Bias">[G H].</param>
/// <param name="RecurrentBias">[G H], the second bias of a GRU; null for other layers.</param>
internal sealed record KerasRecurrentWeights(float[] Kernel, float[] Recurrent, float[] Bias, float[]? RecurrentBias)
{
    // Keras 1 has an array for each gate: i, c, f, o for an LSTM (i, f, c, o in one array in Keras 2), and z, r, h for a GRU in both.
    private static readonly int[] LstmOfKeras1 = [0, 2, 1, 3], GruOfKeras1 = [0, 1, 2];

    // From z, r, h to r, z, n.
    private static readonly int[] GruOrder = [1, 0, 2];

    /// <summary>All arrays.</summary>
    public IEnumerable<float[]> Arrays => RecurrentBias is null ? [Kernel, Recurrent, Bias] : [Kernel, Recurrent, Bias, RecurrentBias];

    /// <summary>Reads the weights.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="arrays">The arrays in the file.</param>
    /// <param name="inputs">The input size I.</param>
    public static KerasRecurrentWeights Read(KerasRecurrentLayer layer, IReadOnlyList<Hdf5Array> arrays, long inputs)
    {
        ModelSpec spec = layer.Spec;
        bool isLstm = spec.Architecture == Architecture.Lstm, isGru = spec.Architecture == Architecture.Gru;
        bool hasTwoBiases = isGru && spec.ResetGate == ResetGate.After;
        int hidden = spec.HiddenSize, gates = spec.GateCount;
        (float[] kernel, float[] recurrent, float[] bias) = gates > 1 && arrays.Count == 3 * gates && !hasTwoBiases
            ? ReadByGate(arrays, inputs, hidden, isLstm ? LstmOfKeras1 : GruOfKeras1)
            : ReadWhole(layer, arrays, inputs, hasTwoBiases ? [2, gates * hidden] : [gates * hidden]);
        foreach (float[] values in isGru ? new[] { kernel, recurrent, bias } : []) KerasGates.Reorder(values, hidden, GruOrder);
        foreach (float[] values in layer.GateScale == 1 ? [] : new[] { kernel, recurrent, bias })
            KerasGates.Scale(values, hidden, gates, isLstm ? 2 : gates - 1, layer.GateScale);
        int columns = gates * hidden;
        return new(kernel, recurrent, bias[..columns], !isGru ? null : hasTwoBiases ? bias[columns..] : new float[columns]);
    }

    private static (float[] Kernel, float[] Recurrent, float[] Bias) ReadByGate(
        IReadOnlyList<Hdf5Array> arrays, long inputs, int hidden, int[] order)
    {
        return (Join(0, inputs, hidden), Join(1, hidden, hidden), Join(2, hidden));

        float[] Join(int kind, params long[] shape) =>
            KerasGates.Join([.. order.Select(gate => arrays[3 * gate + kind].Read(shape))], hidden);
    }

    private static (float[] Kernel, float[] Recurrent, float[] Bias) ReadWhole(
        KerasRecurrentLayer layer, IReadOnlyList<Hdf5Array> arrays, long inputs, long[] biasShape)
    {
        long hidden = layer.Spec.HiddenSize, columns = layer.Spec.GateCount * hidden;
        KerasDense.CheckCount(layer.Layer, arrays, 2);
        float[] bias = arrays.Count == 3
            ? arrays[2].Read(biasShape)
            : new float[biasShape.Aggregate(1L, (product, size) => product * size)];
        return (arrays[0].Read(inputs, columns), arrays[1].Read(hidden, columns), bias);
    }
}

/// <summary>Operations on matrices whose columns are blocks of H, one for each gate.</summary>
internal static class KerasGates
{
    /// <summary>Joins the matrices [rows, H] of single gates, which Keras 1 stores.</summary>
    public static float[] Join(IReadOnlyList<float[]> gates, int hiddenSize)
    {
        int columns = gates.Count * hiddenSize;
        float[] joined = new float[gates.Sum(gate => gate.Length)];
        for (int gate = 0; gate < gates.Count; gate++)
        {
            for (int row = 0; row < joined.Length / columns; row++)
                gates[gate].AsSpan(row * hiddenSize, hiddenSize).CopyTo(joined.AsSpan(row * columns + gate * hiddenSize));
        }

        return joined;
    }

    /// <summary>Reorders the blocks in place.</summary>
    /// <param name="values">[rows, G H].</param>
    /// <param name="hiddenSize">The hidden size H.</param>
    /// <param name="order">The source block of each destination block.</param>
    public static void Reorder(Span<float> values, int hiddenSize, ReadOnlySpan<int> order)
    {
        float[] row = new float[order.Length * hiddenSize];
        for (int start = 0; start < values.Length; start += row.Length)
        {
            values.Slice(start, row.Length).CopyTo(row);
            for (int gate = 0; gate < order.Length; gate++)
                row.AsSpan(order[gate] * hiddenSize, hiddenSize).CopyTo(values[(start + gate * hiddenSize)..]);
        }
    }

    /// <summary>Multiplies all blocks but one in place.</summary>
    /// <param name="values">[rows, G H].</param>
    /// <param name="hiddenSize">The hidden size H.</param>
    /// <param name="gates">The number of gates G.</param>
    /// <param name="candidate">The block that does not change.</param>
    /// <param name="scale">The factor.</param>
    public static void Scale(float[] values, int hiddenSize, int gates, int candidate, float scale)
    {
        for (int place = 0; place < values.Length; place++)
            if (place / hiddenSize % gates != candidate) values[place] *= scale;
    }
}
