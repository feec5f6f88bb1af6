using Aphorist.Model;

namespace Aphorist.Storage;

/// <summary>A tensor of a model file, and the parameter of the model that it belongs to.</summary>
/// <param name="Name">Its name in the file, which is PyTorch's.</param>
/// <param name="Parameter">The name of the parameter in the arena.</param>
/// <param name="Shape">Its shape in the file.</param>
/// <param name="IsAdded">Whether its values are added to the parameter: PyTorch has two biases where the engine has their sum.</param>
internal sealed record StoredTensor(string Name, string Parameter, long[] Shape, bool IsAdded = false)
{
    /// <summary>The tensors of a model, in the order of the file.</summary>
    public static IReadOnlyList<StoredTensor> Of(ModelSpec spec, long vocabularySize)
    {
        (long hidden, long gates) = (spec.HiddenSize, (long)spec.GateCount * spec.HiddenSize);
        List<StoredTensor> tensors = [];
        if (spec.EmbeddingSize > 0) tensors.Add(Same("embedding.weight", vocabularySize, spec.EmbeddingSize));
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            long inputs = spec.InputSize(layer) is > 0 and int size ? size : vocabularySize;
            if (spec.Architecture == Architecture.Convolution)
            {
                tensors.Add(Same($"convolution.{layer}.weight", gates, inputs, spec.KernelSize));
                tensors.Add(Same($"convolution.{layer}.bias", gates));
                continue;
            }

            string name = spec.Architecture == Architecture.Lstm ? "lstm" : "gru";
            tensors.Add(Same($"{name}.weight_ih_l{layer}", gates, inputs));
            tensors.Add(Same($"{name}.weight_hh_l{layer}", gates, hidden));
            bool isLstm = spec.Architecture == Architecture.Lstm;
            tensors.Add(isLstm ? new($"lstm.bias_ih_l{layer}", $"lstm.bias_l{layer}", [gates]) : Same($"gru.bias_ih_l{layer}", gates));
            tensors.Add(isLstm ? new($"lstm.bias_hh_l{layer}", $"lstm.bias_l{layer}", [gates], IsAdded: true) : Same($"gru.bias_hh_l{layer}", gates));
        }

        for (int layer = 0; layer < (spec.LayerNormalization ? spec.Layers : 0); layer++)
        {
            tensors.Add(Same($"layer_norm.weight_l{layer}", hidden));
            tensors.Add(Same($"layer_norm.bias_l{layer}", hidden));
        }

        if (!spec.TiedEmbedding) tensors.Add(Same("decoder.weight", vocabularySize, hidden));
        tensors.Add(Same("decoder.bias", vocabularySize));
        return tensors;
    }

    /// <summary>The tensors of what an optimizer remembers of each parameter of a model.</summary>
    /// <param name="tensors">The model's.</param>
    /// <param name="moment">What it remembers.</param>
    public static IEnumerable<StoredTensor> OfMoment(IReadOnlyList<StoredTensor> tensors, string moment) =>
        tensors.Where(tensor => !tensor.IsAdded).Select(tensor => tensor with { Name = $"optimizer.{moment}.{tensor.Name}" });

    /// <summary>Checks that a file has these tensors, of these shapes and of floating-point values, and no others.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="parameters">The tensors of a model.</param>
    /// <param name="moments">What an optimizer remembers of them; nothing by default.</param>
    /// <exception cref="ModelFileException">The file has not; the message names the tensor.</exception>
    public static void Check(SafetensorsReader reader, IReadOnlyList<StoredTensor> parameters, IReadOnlyList<StoredTensor>? moments = null)
    {
        StoredTensor[] expected = [.. parameters, .. moments ?? []];
        foreach (StoredTensor stored in expected)
        {
            string shape = SafetensorsTensor.FormatShape(stored.Shape);
            SafetensorsTensor tensor = reader.Find(stored.Name)
                ?? throw new ModelFileException(reader.Path, $"tensor '{stored.Name}' of shape {shape} is missing");
            if (!tensor.Shape.SequenceEqual(stored.Shape))
                throw new ModelFileException(reader.Path, $"tensor '{stored.Name}' has shape {tensor.ShapeText} where {shape} is expected");
            if (!FloatDecoder.Knows(tensor.DataType))
                throw new ModelFileException(reader.Path, $"tensor '{stored.Name}' is {tensor.DataType} where F32, F16, BF16 or F64 is expected");
        }

        long values = parameters.Sum(stored => reader.Find(stored.Name)!.Count);
        if (values > ModelLayout.MostValues) throw new ModelFileException(reader.Path, $"it has {values} parameters, more than this program can hold");
        SafetensorsTensor? foreign = reader.Tensors.FirstOrDefault(tensor => expected.All(stored => stored.Name != tensor.Name));
        if (foreign is not null) throw new ModelFileException(reader.Path, $"it has an unexpected tensor '{foreign.Name}' of shape {foreign.ShapeText}");
    }

    private static StoredTensor Same(string name, params long[] shape) => new(name, name, shape);
}
