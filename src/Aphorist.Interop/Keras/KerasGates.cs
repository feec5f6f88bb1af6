namespace Aphorist.Interop.Keras;

/// <summary>Matrices whose columns are blocks of H, one for each gate.</summary>
internal static class KerasGates
{
    /// <summary>Joins the matrices [rows, H] of single gates, as Keras 1 has them.</summary>
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

    /// <summary>Puts the blocks into another order, in place.</summary>
    /// <param name="values">[rows, G H].</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="order">Which block comes first, second, ...</param>
    public static void Reorder(Span<float> values, int hiddenSize, ReadOnlySpan<int> order)
    {
        float[] row = new float[order.Length * hiddenSize];
        for (int start = 0; start < values.Length; start += row.Length)
        {
            values.Slice(start, row.Length).CopyTo(row);
            for (int gate = 0; gate < order.Length; gate++) row.AsSpan(order[gate] * hiddenSize, hiddenSize).CopyTo(values[(start + gate * hiddenSize)..]);
        }
    }

    /// <summary>Multiplies all blocks but one, in place.</summary>
    /// <param name="values">[rows, G H].</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="gates">G.</param>
    /// <param name="candidate">The block that stays as it is.</param>
    /// <param name="scale">What the others are multiplied by.</param>
    public static void Scale(float[] values, int hiddenSize, int gates, int candidate, float scale)
    {
        for (int place = 0; place < values.Length; place++)
            if (place / hiddenSize % gates != candidate) values[place] *= scale;
    }
}
