namespace Aphorist.Peers;

/// <summary>What both sides of a stream start from, parameters and characters: made up, since time does not depend on what is written.</summary>
internal static class StreamWork
{
    /// <summary>Ids [batch, sequence + 1] of some steps: those of a row are its inputs, and shifted by one its targets.</summary>
    public static int[][] Chunks(StreamShape shape, int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(_ => Ids(random, shape.Batch * (StreamShape.Sequence + 1)))];
    }

    /// <summary>
    /// Parameters by PyTorch's names and in its layout (LSTM: i f g o; GRU: r z n, and r multiplies what U gives), uniform within
    /// 1 / sqrt(hidden) as there. <c>bias_hh</c> is zero: a side with one bias per gate takes <c>bias_ih</c> for it.
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
