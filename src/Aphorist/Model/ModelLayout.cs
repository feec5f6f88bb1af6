using System.Globalization;
using Aphorist.Model.Layers;

namespace Aphorist.Model;

/// <summary>
/// The position of each tensor of a model in its arena. The order is the embedding if there is one, the layers from the first one up, their
/// normalizations if there are any, and the decoder.
/// </summary>
internal sealed class ModelLayout
{
    /// <summary>The maximum number of parameters: positions are 32-bit integers, and tensors have gaps between them.</summary>
    public const int MaxValues = int.MaxValue / 2;

    private readonly List<ParameterTensor> tensors = [];

    /// <exception cref="InvalidOptionsException">The model has more than <see cref="MaxValues"/> parameters.</exception>
    public ModelLayout(ModelSpec spec, int vocabularySize)
    {
        if (spec.EmbeddingSize > 0) Embedding = Add("embedding.weight", vocabularySize, spec.EmbeddingSize);
        Layers = [.. Enumerable.Range(0, spec.Layers).Select(layer => AddLayer(spec, layer, vocabularySize))];
        Normalizations = [.. Enumerable.Range(0, spec.LayerNormalization ? spec.Layers : 0).Select(layer => AddNormalization(spec, layer))];
        DecoderKernel = spec.TiedEmbedding ? Embedding! : Add("decoder.weight", vocabularySize, spec.HiddenSize);
        DecoderBias = Add("decoder.bias", vocabularySize);
    }

    /// <summary>All tensors in arena order. Each starts at a multiple of 16 floats.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => tensors;

    /// <summary>E [V, E]; null if the first layer reads tokens.</summary>
    public ParameterTensor? Embedding { get; }

    /// <summary>The layers, from the first one up.</summary>
    public IReadOnlyList<LayerTensors> Layers { get; }

    /// <summary>The normalizations of the layers; empty if the model has none.</summary>
    public IReadOnlyList<NormalizationTensors> Normalizations { get; }

    /// <summary>D [V, H]. The embedding itself if the weights are tied.</summary>
    public ParameterTensor DecoderKernel { get; }

    /// <summary>The bias of the decoder [V].</summary>
    public ParameterTensor DecoderBias { get; }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">The name.</param>
    /// <param name="rows">The first dimension.</param>
    /// <param name="columns">The second dimension; 0 for a vector.</param>
    /// <param name="transposed">Whether memory holds the matrix as [columns, rows].</param>
    /// <param name="kernelSize">The third dimension, a factor of <paramref name="columns"/>; 0 for none.</param>
    /// <param name="storedNames">The names in a model file, whose values are added. By default <paramref name="name"/>.</param>
    public ParameterTensor Add(
        string name, long rows, long columns = 0, bool transposed = false, int kernelSize = 0, IReadOnlyList<string>? storedNames = null)
    {
        int end = tensors.Count == 0 ? 0 : tensors[^1].End;
        if (end + rows * (double)Math.Max(columns, 1) > MaxValues)
        {
            throw new InvalidOptionsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"With '{name}' of {rows} x {Math.Max(columns, 1)} values the model has more than {MaxValues} parameters, "
                    + $"which is the maximum. Reduce HiddenSize, EmbeddingSize or the vocabulary."),
                nameof(ModelSpec.HiddenSize));
        }

        tensors.Add(new ParameterTensor(name, (int)rows, (int)columns, (end + 15) / 16 * 16, transposed, kernelSize, storedNames));
        return tensors[^1];
    }

    private LayerTensors AddLayer(ModelSpec spec, int layer, int vocabularySize)
    {
        int size = spec.InputSize(layer);
        return spec.Kind.AddTensors(this, spec, layer, size > 0 ? size : vocabularySize);
    }

    private NormalizationTensors AddNormalization(ModelSpec spec, int layer) =>
        new(Add($"layer_norm.weight_l{layer}", spec.HiddenSize), Add($"layer_norm.bias_l{layer}", spec.HiddenSize));
}
