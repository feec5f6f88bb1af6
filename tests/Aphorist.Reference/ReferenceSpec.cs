namespace Aphorist.Reference;

/// <summary>The shape of a model: tokens, an embedding or none, layers, decoder, softmax.</summary>
public sealed record ReferenceSpec
{
    /// <summary>What the layers are.</summary>
    public ReferenceArchitecture Architecture { get; init; }

    /// <summary>V.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>E; 0 if there is no embedding and the first layer reads tokens as one-hot vectors.</summary>
    public int EmbeddingSize { get; init; }

    /// <summary>H.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>L.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>s, the activation of an LSTM's or a GRU's gates. A convolution's is always the logistic sigmoid.</summary>
    public Gate Gate { get; init; } = Gate.Sigmoid;

    /// <summary>Whether the decoder's kernel is the embedding itself, for which E has to be H.</summary>
    public bool TiedEmbedding { get; init; }

    /// <summary>Whether each layer above the first adds its input to its output.</summary>
    public bool Residual { get; init; }

    /// <summary>Whether each layer's outputs are normalized over its units.</summary>
    public bool LayerNormalization { get; init; }

    /// <summary>K of convolutions.</summary>
    public int KernelSize { get; init; } = 2;

    /// <summary>d of each layer of convolutions.</summary>
    public IReadOnlyList<int> Dilations { get; init; } = [];

    /// <summary>The tensor that is the decoder's kernel [V, H].</summary>
    public string DecoderKernel => TiedEmbedding ? "embedding.weight" : "decoder.weight";

    /// <summary>Length of the vectors that a layer reads.</summary>
    public int InputSize(int layer) => layer > 0 ? HiddenSize : EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;

    /// <summary>
    /// Length of what a layer remembers of one sequence: h and then c of an LSTM, h of a GRU, and the last (K - 1) d inputs of a convolution, the
    /// oldest first.
    /// </summary>
    public int StateSize(int layer) => Architecture switch
    {
        ReferenceArchitecture.Lstm => 2 * HiddenSize,
        ReferenceArchitecture.Convolution => (KernelSize - 1) * Dilations[layer] * InputSize(layer),
        _ => HiddenSize,
    };

    /// <summary>The states of all layers before the first token: zeros.</summary>
    public double[][] ZeroStates() => [.. Enumerable.Range(0, Layers).Select(layer => new double[StateSize(layer)])];

    /// <summary>The tensors, by PyTorch's names and in its shapes; where PyTorch has two biases that are only added, there is one.</summary>
    public IEnumerable<(string Name, int[] Shape)> Tensors()
    {
        if (EmbeddingSize > 0) yield return ("embedding.weight", [VocabularySize, EmbeddingSize]);
        for (int layer = 0; layer < Layers; layer++)
            foreach ((string Name, int[] Shape) tensor in TensorsOf(layer))
                yield return tensor;
        for (int layer = 0; layer < (LayerNormalization ? Layers : 0); layer++)
        {
            yield return ($"layer_norm.weight_l{layer}", [HiddenSize]);
            yield return ($"layer_norm.bias_l{layer}", [HiddenSize]);
        }

        if (!TiedEmbedding) yield return ("decoder.weight", [VocabularySize, HiddenSize]);
        yield return ("decoder.bias", [VocabularySize]);
    }

    private (string Name, int[] Shape)[] TensorsOf(int layer) => Architecture switch
    {
        ReferenceArchitecture.Lstm =>
        [
            ($"lstm.weight_ih_l{layer}", [4 * HiddenSize, InputSize(layer)]),
            ($"lstm.weight_hh_l{layer}", [4 * HiddenSize, HiddenSize]),
            ($"lstm.bias_l{layer}", [4 * HiddenSize]),
        ],
        ReferenceArchitecture.Convolution =>
        [
            ($"convolution.{layer}.weight", [2 * HiddenSize, InputSize(layer), KernelSize]),
            ($"convolution.{layer}.bias", [2 * HiddenSize]),
        ],
        _ =>
        [
            ($"gru.weight_ih_l{layer}", [3 * HiddenSize, InputSize(layer)]),
            ($"gru.weight_hh_l{layer}", [3 * HiddenSize, HiddenSize]),
            ($"gru.bias_ih_l{layer}", [3 * HiddenSize]),
            ($"gru.bias_hh_l{layer}", [3 * HiddenSize]),
        ],
    };
}
