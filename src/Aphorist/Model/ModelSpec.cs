namespace Aphorist.Model;

/// <summary>The shape of a model, apart from its vocabulary.</summary>
public sealed record ModelSpec
{
    /// <summary>The notebook's model: LSTM(128) with hard sigmoid gates over windows of 60 characters, then a softmax.</summary>
    public static ModelSpec Notebook { get; } = new();

    /// <summary>What the layers are. LSTM by default.</summary>
    public Architecture Architecture { get; init; } = Architecture.Lstm;

    /// <summary>Units of each layer. 128 by default.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Layers, each reading the outputs of the one below: 1 (the default) to 4.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Length of the vector that stands for a token; 0, the default, gives the first layer the token itself (one-hot).</summary>
    public int EmbeddingSize { get; init; }

    /// <summary>
    /// Whether the decoder's kernel is the embedding itself (Press and Wolf, 2017), which spares a large vocabulary half of its parameters. False by
    /// default; <see cref="EmbeddingSize"/> has to be <see cref="HiddenSize"/>.
    /// </summary>
    public bool TiedEmbedding { get; init; }

    /// <summary>
    /// Whether a layer above the first hands on its input besides its output (He and others, 2016): h + x in place of h, so that each layer only learns
    /// what to add. False by default; needs two layers or more.
    /// </summary>
    public bool Residual { get; init; }

    /// <summary>
    /// Whether the outputs of each layer are normalised over its units before they are handed on, with a gain and a bias that are learned
    /// (Ba, Kiros, Hinton, 2016). False by default. The state that a layer keeps for its next step is not normalised.
    /// </summary>
    public bool LayerNormalization { get; init; }

    /// <summary>Tokens the model sees before the one it predicts (the notebook's maxlen). 60 by default.</summary>
    public int Window { get; init; } = 60;

    /// <summary>The LSTM's gates' activation. Hard sigmoid by default, as the notebook's Keras had it; a GRU's is always the logistic sigmoid.</summary>
    public GateActivation Gates { get; init; } = GateActivation.HardSigmoid;

    /// <summary>Where a GRU's reset gate works. After the product by default; an LSTM has none.</summary>
    public ResetGate ResetGate { get; init; } = ResetGate.After;

    internal const int MostLayers = 4;

    /// <summary>What the outputs of a layer's gates take: four for an LSTM, three for a GRU.</summary>
    internal int GateCount => Architecture == Architecture.Lstm ? 4 : 3;

    /// <summary>Whether the layers are GRUs that reset before the product.</summary>
    internal bool ResetsBefore => Architecture == Architecture.Gru && ResetGate == ResetGate.Before;

    /// <summary>What a layer reads for each step: the length of a vector, or 0 if it reads tokens.</summary>
    internal int InputSize(int layer) => layer == 0 ? EmbeddingSize : HiddenSize;

    /// <summary>Checks what the sizes must have in common.</summary>
    /// <exception cref="ArgumentException">The embedding is tied to a decoder of another size, or a single layer has residual connections; the message says so.</exception>
    internal void Validate()
    {
        if (TiedEmbedding && EmbeddingSize != HiddenSize)
        {
            throw new ArgumentException(
                $"Tied weights need an embedding as long as the hidden state, and the embedding size is {EmbeddingSize} where the hidden size is {HiddenSize}; make them equal, or do not tie.");
        }

        if (Residual && Layers < 2)
            throw new ArgumentException("Residual connections lead past the layers above the first, and the model has only one layer; give it two or more, or no residual connections.");
    }
}
