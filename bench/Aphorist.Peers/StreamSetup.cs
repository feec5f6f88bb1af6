namespace Aphorist.Peers;

/// <summary>
/// Random parameters and characters that both libraries start from. The time of a step does not depend on them.
/// </summary>
internal static class StreamSetup
{
    /// <summary>Returns the ids [batch, sequence + 1] of a number of steps. The targets of a row are its inputs, shifted by one.</summary>
    public static int[][] Chunks(StreamShape shape, int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(_ => Ids(random, shape.Batch * (StreamShape.Sequence + 1)))];
    }

    /// <summary>
    /// Returns parameters with PyTorch's names and layout (LSTM: i, f, g, o; GRU: r, z, n, reset after the product with U) and its uniform
    /// distribution with the limit 1 / sqrt(hidden). <c>bias_hh</c> is zero, because Aphorist has one bias per gate.
    /// </summary>
    public static Dictionary<string, float[]> Parameters(StreamShape shape)
    {
        Random random = new(1);
        int rows = shape.Gates * shape.Hidden;
        Dictionary<string, float[]> values = [];
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            values[$"recurrent.weight_ih_l{layer}"] = Uniform(rows * (layer == 0 ? StreamShape.Characters : shape.Hidden));
            values[$"recurrent.weight_hh_l{layer}"] = Uniform(rows * shape.Hidden);
            values[$"recurrent.bias_ih_l{layer}"] = Uniform(rows);
            values[$"recurrent.bias_hh_l{layer}"] = new float[rows];
        }

        values["decoder.weight"] = Uniform(StreamShape.Characters * shape.Hidden);
        values["decoder.bias"] = Uniform(StreamShape.Characters);
        return values;

        float[] Uniform(int count)
        {
            float limit = 1 / MathF.Sqrt(shape.Hidden);
            float[] uniform = new float[count];
            for (int index = 0; index < count; index++) uniform[index] = ((2 * random.NextSingle()) - 1) * limit;
            return uniform;
        }
    }

    private static int[] Ids(Random random, int count)
    {
        int[] ids = new int[count];
        for (int index = 0; index < count; index++) ids[index] = random.Next(StreamShape.Characters);
        return ids;
    }
}
