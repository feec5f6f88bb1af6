using Aphorist.Reference;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>A made-up Keras model: random weights in the layout of Keras 2, and the same model in double precision.</summary>
internal sealed class KerasSample
{
    /// <param name="shape">Its shape.</param>
    /// <param name="seed">The seed of its weights.</param>
    public KerasSample(KerasShape shape, int seed = 11)
    {
        Shape = shape;
        Random random = new(seed);
        int columns = shape.GateCount * shape.HiddenSize;
        Embedding = Values(random, shape.VocabularySize * shape.EmbeddingSize);
        Layers = [.. Enumerable.Range(0, shape.Layers).Select(layer => new Recurrent(
            Values(random, shape.InputSize(layer) * columns),
            Values(random, shape.HiddenSize * columns),
            shape.UsesBias ? Values(random, HasTwoBiases ? 2 * columns : columns) : new float[HasTwoBiases ? 2 * columns : columns]))];
        DenseKernel = Values(random, shape.HiddenSize * shape.VocabularySize);
        DenseBias = Values(random, shape.VocabularySize);
    }

    public KerasShape Shape { get; }

    /// <summary>[V, E].</summary>
    public float[] Embedding { get; }

    public Recurrent[] Layers { get; }

    /// <summary>[H, V].</summary>
    public float[] DenseKernel { get; }

    /// <summary>[V].</summary>
    public float[] DenseBias { get; }

    /// <summary>Whether the bias is [2, 3H].</summary>
    public bool HasTwoBiases => Shape is { IsGru: true, ResetAfter: true };

    /// <summary>The model as Keras's documentation defines it, with PyTorch's names and order of gates.</summary>
    /// <param name="gate">What its gates' activation means in the version of Keras; a SimpleRNN has none.</param>
    public ReferenceModel ToReference(Gate gate)
    {
        ReferenceParameters parameters = new(new ReferenceSpec
        {
            Architecture = Shape.IsRnn
                ? ReferenceArchitecture.Rnn
                : !Shape.IsGru
                ? ReferenceArchitecture.Lstm
                : Shape.ResetAfter
                ? ReferenceArchitecture.Gru
                : ReferenceArchitecture.GruResetBefore,
            VocabularySize = Shape.VocabularySize,
            EmbeddingSize = Shape.EmbeddingSize,
            HiddenSize = Shape.HiddenSize,
            Layers = Shape.Layers,
            Gate = !Shape.IsRnn ? gate : Shape.Activation == "relu" ? Gate.Relu : Gate.Tanh,
        });
        if (Shape.EmbeddingSize > 0) Set(parameters["embedding.weight"], place => Embedding[place]);
        for (int layer = 0; layer < Shape.Layers; layer++) SetLayer(parameters, layer);
        Set(parameters["decoder.weight"], place => DenseKernel[place % Shape.HiddenSize * Shape.VocabularySize + place / Shape.HiddenSize]);
        Set(parameters["decoder.bias"], place => DenseBias[place]);
        return new(parameters);
    }

    private void SetLayer(ReferenceParameters parameters, int layer)
    {
        (string name, Recurrent weights) = (Shape.IsRnn ? "rnn" : Shape.IsGru ? "gru" : "lstm", Layers[layer]);
        (int columns, int inputs, int hidden) = (Shape.GateCount * Shape.HiddenSize, Shape.InputSize(layer), Shape.HiddenSize);
        Set(parameters[$"{name}.weight_ih_l{layer}"], place => weights.Kernel[place % inputs * columns + ColumnOf(place / inputs)]);
        Set(parameters[$"{name}.weight_hh_l{layer}"], place =>
            weights.RecurrentKernel[place % hidden * columns + ColumnOf(place / hidden)]);
        Set(parameters[Shape.IsGru ? $"gru.bias_ih_l{layer}" : $"{name}.bias_l{layer}"], place => weights.Bias[ColumnOf(place)]);
        if (HasTwoBiases) Set(parameters[$"gru.bias_hh_l{layer}"], place => weights.Bias[columns + ColumnOf(place)]);
    }

    /// <summary>
    /// Keras's column of PyTorch's row: an LSTM's gates are i, f, c, o in both, a GRU's z, r, h in Keras and r, z, n in PyTorch.
    /// </summary>
    private int ColumnOf(int row)
    {
        (int gate, int unit) = (row / Shape.HiddenSize, row % Shape.HiddenSize);
        return (Shape.IsGru && gate < 2 ? 1 - gate : gate) * Shape.HiddenSize + unit;
    }

    private static void Set(double[] values, Func<int, float> valueOf)
    {
        for (int place = 0; place < values.Length; place++) values[place] = valueOf(place);
    }

    /// <summary>Values that 16 bits hold, so that a file may have any type.</summary>
    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(Half)(2 * random.NextDouble() - 1))];

    /// <summary>The arrays of a layer in Keras 2: [I, G H], [H, G H], [G H] or [2, G H].</summary>
    internal sealed record Recurrent(float[] Kernel, float[] RecurrentKernel, float[] Bias);
}
