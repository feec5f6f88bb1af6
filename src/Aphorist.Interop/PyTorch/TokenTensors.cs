namespace Aphorist.Interop.PyTorch;

/// <summary>The tensors that have a row for each token. They can have any names, so their shapes identify them.</summary>
/// <param name="Embedding">
/// [V, I]; null if the recurrent module reads one-hot vectors. The same tensor as the decoder if they are tied.
/// </param>
/// <param name="Decoder">[V, H].</param>
/// <param name="DecoderBias">[V]; null if there is none.</param>
internal sealed record TokenTensors(SafetensorsTensor? Embedding, SafetensorsTensor Decoder, SafetensorsTensor? DecoderBias)
{
    private const string Weight = "weight", Bias = "bias";

    /// <summary>The number of tokens V.</summary>
    public long Count => Decoder.Shape[0];

    /// <summary>Finds them among the tensors that do not belong to the recurrent module.</summary>
    /// <exception cref="ModelFileException">There are other tensors, or the roles of these are ambiguous.</exception>
    public static TokenTensors Of(SafetensorsReader reader, RecurrentTensors recurrent)
    {
        SafetensorsTensor[] others = [.. reader.Tensors.Where(tensor => !RecurrentTensors.IsOne(tensor))];
        SafetensorsTensor[] matrices = [.. others.Where(tensor => Is(tensor, Weight, dimensions: 2))],
            biases = [.. others.Where(tensor => Is(tensor, Bias, dimensions: 1))];
        if (others.Except(matrices).Except(biases).FirstOrDefault() is { } foreign)
        {
            throw new ModelFileException(
                reader.Path,
                $"tensor '{foreign.Name}' of shape {foreign.ShapeText} does not belong to an embedding, LSTM, GRU, RNN or "
                + "linear layer, and nothing else can be imported");
        }

        (SafetensorsTensor? embedding, SafetensorsTensor decoder) = matrices.Length switch
        {
            1 => Single(reader.Path, matrices[0], recurrent, others),
            2 => Two(reader, matrices, recurrent, others),
            _ => throw Unclear(reader.Path, recurrent, others),
        };
        string biasName = ModuleOf(decoder) + Bias;
        // The weight of a tied decoder may be stored under the name of the embedding.
        SafetensorsTensor? bias = biases.FirstOrDefault(tensor => tensor.Name == biasName)
            ?? (embedding == decoder ? biases.FirstOrDefault() : null);
        return biases.Length > (bias is null ? 0 : 1) ? throw Unclear(reader.Path, recurrent, others) : new(embedding, decoder, bias);
    }

    /// <summary>A single matrix: a decoder of a model with one-hot inputs, or a tied embedding.</summary>
    private static (SafetensorsTensor? Embedding, SafetensorsTensor Decoder) Single(
        string path, SafetensorsTensor matrix, RecurrentTensors recurrent, SafetensorsTensor[] others)
    {
        (long tokens, long columns) = (matrix.Shape[0], matrix.Shape[1]);
        if (columns != recurrent.Spec.HiddenSize) throw Unclear(path, recurrent, others);
        bool canBeTied = recurrent.Inputs == columns;
        if (recurrent.Inputs == tokens && !(canBeTied && IsCalledEmbedding(matrix))) return (null, matrix);
        if (canBeTied) return (matrix, matrix);
        throw new ModelFileException(
            path,
            $"the first layer reads vectors of length {recurrent.Inputs}, but the decoder '{matrix.Name}' has {tokens} tokens and "
            + $"there is no embedding with {recurrent.Inputs} columns");
    }

    private static (SafetensorsTensor? Embedding, SafetensorsTensor Decoder) Two(
        SafetensorsReader reader, SafetensorsTensor[] matrices, RecurrentTensors recurrent, SafetensorsTensor[] others)
    {
        (SafetensorsTensor Embedding, SafetensorsTensor Decoder)[] possible =
            [.. new[] { (matrices[0], matrices[1]), (matrices[1], matrices[0]) }
                .Where(pair => Fits(reader, pair.Item1, pair.Item2, recurrent))];
        if (possible.Length == 2)
            possible = [.. possible.Where(pair => IsCalledEmbedding(pair.Embedding) && !IsCalledEmbedding(pair.Decoder))];
        if (possible.Length != 1) throw Unclear(reader.Path, recurrent, others);
        (SafetensorsTensor embedding, SafetensorsTensor decoder) = possible[0];
        return embedding.Shape[0] == decoder.Shape[0] ? possible[0] : throw new ModelFileException(
            reader.Path,
            $"the embedding '{embedding.Name}' has {embedding.Shape[0]} tokens, but the decoder '{decoder.Name}' has "
            + $"{decoder.Shape[0]}; they must be equal");
    }

    private static bool Fits(
        SafetensorsReader reader, SafetensorsTensor embedding, SafetensorsTensor decoder, RecurrentTensors recurrent) =>
        embedding.Shape[1] == recurrent.Inputs && decoder.Shape[1] == recurrent.Spec.HiddenSize
            && reader.Find(ModuleOf(embedding) + Bias) is null;

    /// <summary>
    /// Whether the name is usual for an embedding (embed, emb, encoder, word_embeddings). Only used if the shapes are ambiguous.
    /// </summary>
    private static bool IsCalledEmbedding(SafetensorsTensor tensor)
    {
        string module = tensor.Name.Split('.') is [.., string name, _] ? name : "";
        return module.Contains("emb", StringComparison.OrdinalIgnoreCase) || module.Contains("encode", StringComparison.OrdinalIgnoreCase);
    }

    private static bool Is(SafetensorsTensor tensor, string name, int dimensions) =>
        tensor.Shape.Count == dimensions && (tensor.Name == name || tensor.Name.EndsWith("." + name, StringComparison.Ordinal));

    private static string ModuleOf(SafetensorsTensor weight) => weight.Name[..^Weight.Length];

    private static ModelFileException Unclear(string path, RecurrentTensors recurrent, SafetensorsTensor[] others) => new(
        path,
        $"besides the recurrent layers it must have a decoder [tokens, {recurrent.Spec.HiddenSize}], optionally with a bias, and "
        + $"optionally an embedding [tokens, {recurrent.Inputs}], but it has {TensorList.Of(others)}");
}
