namespace Aphorist.Interop.PyTorch;

/// <summary>A tensor of a state dict and the model parameter that it provides.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Parameter">The name in <see cref="Parameters"/>.</param>
/// <param name="Shape">The shape in the file.</param>
internal sealed record PyTorchTensor(string Name, string Parameter, params long[] Shape)
{
    /// <summary>Whether the values are added to the parameter instead of replacing it.</summary>
    public bool IsAdded { get; init; }
}

/// <summary>The model in a state dict: its shape, and the parameter that each tensor provides.</summary>
/// <param name="Spec">The shape.</param>
/// <param name="VocabularySize">The vocabulary size V.</param>
/// <param name="Tensors">The tensors. Biases that are not in the file are omitted; they are 0.</param>
internal sealed record PyTorchNetwork(ModelSpec Spec, int VocabularySize, IReadOnlyList<PyTorchTensor> Tensors)
{
    // Keeps the number of rows well below the maximum array length.
    private const int MaxTokens = int.MaxValue / 2;

    /// <summary>Finds the model in the tensors of a file.</summary>
    /// <exception cref="ModelFileException">The model cannot be imported; the message names a tensor.</exception>
    public static PyTorchNetwork Of(SafetensorsReader reader, int window, Activation activation)
    {
        if (reader.Metadata.ContainsKey(ModelFileInfo.MetadataKey))
            throw new ModelFileException(reader.Path, "it is already a model file of Aphorist, which needs no import");
        RecurrentTensors recurrent = RecurrentTensors.Of(reader, activation);
        TokenTensors tokens = TokenTensors.Of(reader, recurrent);
        if (tokens.Count is < 2 or > MaxTokens)
        {
            throw new ModelFileException(
                reader.Path, $"tensor '{tokens.Decoder.Name}' has {tokens.Count} rows, but the number of tokens must be 2 to {MaxTokens}");
        }

        if (tokens.Embedding is not null && recurrent.Inputs > ModelSpec.MaxHiddenSize)
        {
            throw new ModelFileException(
                reader.Path,
                $"the embedding '{tokens.Embedding.Name}' has {recurrent.Inputs} columns, but {ModelSpec.MaxHiddenSize} is the maximum");
        }

        ModelSpec spec = recurrent.Spec with
        {
            EmbeddingSize = tokens.Embedding is null ? 0 : (int)recurrent.Inputs,
            TiedEmbedding = tokens.Embedding == tokens.Decoder,
            Window = window,
        };
        PyTorchTensor[] tensors = [.. TensorsOf(spec, recurrent, tokens)];
        Check(reader, tensors);
        return new(spec, (int)tokens.Count, tensors);
    }

    /// <summary>The tensors that a file must contain for a model of this shape.</summary>
    private static IEnumerable<PyTorchTensor> TensorsOf(ModelSpec spec, RecurrentTensors recurrent, TokenTensors tokens)
    {
        if (tokens.Embedding is { } embedding) yield return new(embedding.Name, "embedding.weight", tokens.Count, spec.EmbeddingSize);
        string name = spec.Architecture switch { Architecture.Lstm => "lstm", Architecture.Gru => "gru", _ => "rnn" };
        long rows = (long)spec.GateCount * spec.HiddenSize;
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            long inputs = spec.InputSize(layer) is > 0 and int size ? size : tokens.Count;
            yield return new($"{recurrent.Module}weight_ih_l{layer}", $"{name}.weight_ih_l{layer}", rows, inputs);
            yield return new($"{recurrent.Module}weight_hh_l{layer}", $"{name}.weight_hh_l{layer}", rows, spec.HiddenSize);
            if (!recurrent.HasBiases) continue;
            // Our LSTM and RNN have one bias, the sum of PyTorch's two.
            bool isAdded = spec.Architecture != Architecture.Gru;
            (string first, string second) = isAdded ? ("bias", "bias") : ("bias_ih", "bias_hh");
            yield return new($"{recurrent.Module}bias_ih_l{layer}", $"{name}.{first}_l{layer}", rows);
            yield return new($"{recurrent.Module}bias_hh_l{layer}", $"{name}.{second}_l{layer}", rows) { IsAdded = isAdded };
        }

        if (tokens.Decoder != tokens.Embedding) yield return new(tokens.Decoder.Name, "decoder.weight", tokens.Count, spec.HiddenSize);
        if (tokens.DecoderBias is { } bias) yield return new(bias.Name, "decoder.bias", tokens.Count);
    }

    private static void Check(SafetensorsReader reader, PyTorchTensor[] expected)
    {
        foreach (PyTorchTensor one in expected)
        {
            string shape = $"[{string.Join(", ", one.Shape)}]";
            SafetensorsTensor tensor = reader.Find(one.Name)
                ?? throw new ModelFileException(reader.Path, $"tensor '{one.Name}' of shape {shape} is missing");
            if (!tensor.Shape.SequenceEqual(one.Shape))
                throw new ModelFileException(reader.Path, $"tensor '{one.Name}' has shape {tensor.ShapeText} where {shape} is expected");
            if (!tensor.IsFloatingPoint)
            {
                throw new ModelFileException(
                    reader.Path, $"tensor '{one.Name}' is {tensor.DataType} where F32, F16, BF16 or F64 is expected");
            }
        }

        if (reader.Tensors.FirstOrDefault(tensor => expected.All(one => one.Name != tensor.Name)) is { } foreign)
            throw new ModelFileException(reader.Path, $"it has an unexpected tensor '{foreign.Name}' of shape {foreign.ShapeText}");
    }
}
