using Aphorist.Reference;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>A made-up model of PyTorch: random weights as its state dict has them, and the same model in double precision.</summary>
internal sealed class PyTorchSample
{
    private const int Seed = 12;

    public PyTorchSample(PyTorchShape shape)
    {
        Shape = shape;
        Random random = new(Seed);
        foreach ((string name, int[] sizes) in shape.Tensors())
        {
            int count = sizes.Aggregate(1, (product, size) => product * size);
            // Values that 8 bits of mantissa hold, so that a file may have any type.
            float[] values = [.. Enumerable.Range(0, count).Select(_ => (random.Next(255) - 127) / 128f)];
            Tensors[name] = new(values, sizes);
        }

        if (shape.IsTied) Tensors["decoder.weight"] = Tensors["embedding.weight"];
    }

    public PyTorchShape Shape { get; }

    public OrderedDictionary<string, StateDictTensor> Tensors { get; } = [];

    /// <summary>The model as PyTorch's documentation defines it.</summary>
    /// <param name="isRelu">Whether an nn.RNN has the nonlinearity relu.</param>
    public ReferenceModel ToReference(bool isRelu = false)
    {
        ReferenceParameters parameters = new(new ReferenceSpec
        {
            Architecture = Shape.IsRnn
                ? ReferenceArchitecture.Rnn
                : Shape.IsGru ? ReferenceArchitecture.Gru : ReferenceArchitecture.Lstm,
            VocabularySize = Shape.VocabularySize,
            EmbeddingSize = Shape.EmbeddingSize,
            HiddenSize = Shape.HiddenSize,
            Layers = Shape.Layers,
            Gate = !Shape.IsRnn ? Gate.Sigmoid : isRelu ? Gate.Relu : Gate.Tanh,
        });
        foreach ((string name, StateDictTensor tensor) in Tensors)
        {
            string ours = name.Replace("rnn.", Shape.Prefix, StringComparison.Ordinal);
            // Of the two biases of an LSTM or an RNN, which are only added, the reference has the sum.
            if (!Shape.IsGru)
                ours = ours.Replace("bias_ih_", "bias_", StringComparison.Ordinal).Replace("bias_hh_", "bias_", StringComparison.Ordinal);
            double[] values = parameters[ours];
            for (int place = 0; place < values.Length; place++) values[place] += tensor.Values[place];
        }

        return new(parameters);
    }
}
