namespace Aphorist.Reference;

/// <summary>The shape of a model: tokens, an optional embedding, layers, decoder, softmax.</summary>
public sealed record ReferenceSpec
{
    /// <summary>The kind of the layers.</summary>
    public ReferenceArchitecture Architecture { get; init; }

    /// <summary>The vocabulary size V.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The embedding size E, or 0 if the first layer reads one-hot vectors.</summary>
    public int EmbeddingSize { get; init; }

    /// <summary>The hidden size H.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The number of layers L.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>
    /// The activation s of the gates of LSTMs and GRUs, or of the units of an RNN. Convolutions always use the logistic sigmoid.
    /// </summary>
    public Gate Gate { get; init; } = Gate.Sigmoid;

    /// <summary>Whether the decoder kernel is tied to the embedding, which requires E = H.</summary>
    public bool TiedEmbedding { get; init; }

    /// <summary>Whether the layers above the first have residual connections.</summary>
    public bool Residual { get; init; }

    /// <summary>Whether the outputs of each layer get layer normalization.</summary>
    public bool LayerNormalization { get; init; }

    /// <summary>The kernel size K of convolutions.</summary>
    public int KernelSize { get; init; } = 2;

    /// <summary>The dilation d of each convolution.</summary>
    public IReadOnlyList<int> Dilations { get; init; } = [];

    /// <summary>The name of the decoder kernel [V, H].</summary>
    public string DecoderKernel => TiedEmbedding ? "embedding.weight" : "decoder.weight";

    /// <summary>Returns the input size of a layer.</summary>
    public int InputSize(int layer) => layer > 0 ? HiddenSize : EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;

    /// <summary>
    /// Returns the size of the state of a layer for one sequence: h and c of an LSTM, h of a GRU or an RNN, the last (K - 1) d inputs of a
    /// convolution, oldest first.
    /// </summary>
    public int StateSize(int layer) => Architecture switch
    {
        ReferenceArchitecture.Lstm => 2 * HiddenSize,
        ReferenceArchitecture.Convolution => (KernelSize - 1) * Dilations[layer] * InputSize(layer),
        _ => HiddenSize,
    };

    /// <summary>Returns zero states for all layers.</summary>
    public double[][] ZeroStates() => [.. Enumerable.Range(0, Layers).Select(layer => new double[StateSize(layer)])];

    /// <summary>
    /// Returns the tensors with PyTorch's names and shapes. Two biases that PyTorch only adds are a single one here.
    /// </summary>
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
        ReferenceArchitecture.Rnn =>
        [
            ($"rnn.weight_ih_l{layer}", [HiddenSize, InputSize(layer)]),
            ($"rnn.weight_hh_l{layer}", [HiddenSize, HiddenSize]),
            ($"rnn.bias_l{layer}", [HiddenSize]),
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
