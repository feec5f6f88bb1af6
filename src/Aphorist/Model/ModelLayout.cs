using Aphorist.Model.Layers;

namespace Aphorist.Model;

/// <summary>Where each tensor of a model lies in its arena, in this order: the embedding if there is one, the layers from below, their normalisations if there are any, the decoder, whose kernel may be the embedding.</summary>
internal sealed class ModelLayout
{
    /// <summary>The most parameters of a model: those of all layers have to be counted by 32 bits, with room for the gaps between them.</summary>
    public const int MostValues = int.MaxValue / 2;

    private readonly List<ParameterTensor> tensors = [];

    /// <exception cref="ArgumentException">There are more parameters than an array can hold.</exception>
    public ModelLayout(ModelSpec spec, int vocabularySize)
    {
        if (spec.EmbeddingSize > 0) Embedding = Add("embedding.weight", vocabularySize, spec.EmbeddingSize);
        Layers = [.. Enumerable.Range(0, spec.Layers).Select(layer => AddLayer(spec, layer, vocabularySize))];
        Normalizations = [.. Enumerable.Range(0, spec.LayerNormalization ? spec.Layers : 0).Select(layer => AddNormalization(spec, layer))];
        DecoderKernel = spec.TiedEmbedding ? Embedding! : Add("decoder.weight", vocabularySize, spec.HiddenSize);
        DecoderBias = Add("decoder.bias", vocabularySize, 0);
    }

    /// <summary>All tensors, in the order of the arena; each starts at a multiple of 16 floats.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => tensors;

    /// <summary>E [V, E]; null where the first layer reads tokens.</summary>
    public ParameterTensor? Embedding { get; }

    /// <summary>The layers, from below.</summary>
    public IReadOnlyList<LayerTensors> Layers { get; }

    /// <summary>The layers' normalisations, from below; none if the model does not normalise.</summary>
    public IReadOnlyList<NormalizationTensors> Normalizations { get; }

    /// <summary>D [V, H].</summary>
    public ParameterTensor DecoderKernel { get; }

    /// <summary>The bias of D [V].</summary>
    public ParameterTensor DecoderBias { get; }

    private LayerTensors AddLayer(ModelSpec spec, int layer, int vocabularySize)
    {
        long gates = (long)spec.GateCount * spec.HiddenSize, inputs = spec.InputSize(layer) is > 0 and int size ? size : vocabularySize;
        if (spec.Architecture == Architecture.Convolution)
        {
            ParameterTensor kernel = Add($"convolution.{layer}.weight", gates, inputs * spec.KernelSize, transposed: true, spec.KernelSize);
            return new LayerTensors(kernel, null, Add($"convolution.{layer}.bias", gates, 0), null);
        }

        bool isGru = spec.Architecture == Architecture.Gru;
        string name = isGru ? "gru" : "lstm";
        return new LayerTensors(
            Add($"{name}.weight_ih_l{layer}", gates, inputs, transposed: true),
            Add($"{name}.weight_hh_l{layer}", gates, spec.HiddenSize, transposed: true),
            Add(isGru ? $"gru.bias_ih_l{layer}" : $"lstm.bias_l{layer}", gates, 0),
            isGru ? Add($"gru.bias_hh_l{layer}", gates, 0) : null);
    }

    private NormalizationTensors AddNormalization(ModelSpec spec, int layer) =>
        new(Add($"layer_norm.weight_l{layer}", spec.HiddenSize, 0), Add($"layer_norm.bias_l{layer}", spec.HiddenSize, 0));

    private ParameterTensor Add(string name, long rows, long columns, bool transposed = false, int kernelSize = 0)
    {
        int end = tensors.Count == 0 ? 0 : tensors[^1].End;
        if (end + rows * (double)Math.Max(columns, 1) > MostValues)
            throw new ArgumentException($"With '{name}' of {rows} x {Math.Max(columns, 1)} the model would have more than the {MostValues} parameters that this program can hold; make its layers, its embedding or its vocabulary smaller.");
        tensors.Add(new ParameterTensor(name, (int)rows, (int)columns, (end + 15) / 16 * 16, transposed) { KernelSize = kernelSize });
        return tensors[^1];
    }
}
