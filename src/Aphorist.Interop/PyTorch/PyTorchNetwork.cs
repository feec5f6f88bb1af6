using Aphorist.Model;
using Aphorist.Storage;

namespace Aphorist.Interop.PyTorch;

/// <summary>What the tensors of a state dict come to: a model's shape, and which tensor is which parameter of it.</summary>
/// <param name="Spec">The shape.</param>
/// <param name="VocabularySize">V.</param>
/// <param name="Tensors">The tensors, under the file's names. Biases that the file has not are left out; they are zero.</param>
internal sealed record PyTorchNetwork(ModelSpec Spec, int VocabularySize, IReadOnlyList<StoredTensor> Tensors)
{
    /// <summary>Understands the tensors of a file.</summary>
    /// <exception cref="ModelFileException">They are not those of a model that can be imported; the message names one of them.</exception>
    public static PyTorchNetwork Of(SafetensorsReader reader, int window)
    {
        if (reader.Metadata.ContainsKey(ModelFileInfo.MetadataKey))
            throw new ModelFileException(reader.Path, "it is a model file of Aphorist already, which is used as it is, without being imported");
        RecurrentTensors recurrent = RecurrentTensors.Of(reader);
        TokenTensors tokens = TokenTensors.Of(reader, recurrent);
        if (tokens.Count is < 2 or > ModelLayout.MostValues)
            throw new ModelFileException(reader.Path, $"tensor '{tokens.Decoder.Name}' has {tokens.Count} rows where 2 to {ModelLayout.MostValues} tokens can be imported");
        if (tokens.Embedding is not null && recurrent.Inputs > ModelFileInfo.LargestHiddenSize)
            throw new ModelFileException(reader.Path, $"the embedding '{tokens.Embedding.Name}' has {recurrent.Inputs} columns where up to {ModelFileInfo.LargestHiddenSize} can be imported");
        ModelSpec spec = recurrent.Spec with
        {
            EmbeddingSize = tokens.Embedding is null ? 0 : (int)recurrent.Inputs,
            TiedEmbedding = tokens.Embedding == tokens.Decoder,
            Window = window,
        };
        StoredTensor[] tensors = [.. StoredTensor.Of(spec, tokens.Count).Select(tensor => tensor with { Name = NameOf(tensor.Name, recurrent, tokens) ?? "" }).Where(tensor => tensor.Name.Length > 0)];
        StoredTensor.Check(reader, tensors);
        return new(spec, (int)tokens.Count, tensors);
    }

    /// <summary>What the file calls a tensor of ours; null for a bias that it has not.</summary>
    private static string? NameOf(string name, RecurrentTensors recurrent, TokenTensors tokens)
    {
        string[] parts = name.Split('.');
        return parts switch
        {
            ["embedding", _] => tokens.Embedding!.Name,
            ["decoder", "weight"] => tokens.Decoder.Name,
            ["decoder", _] => tokens.DecoderBias?.Name,
            [_, string tensor] when tensor.StartsWith("bias", StringComparison.Ordinal) && !recurrent.HasBiases => null,
            _ => recurrent.Module + parts[1],
        };
    }
}
