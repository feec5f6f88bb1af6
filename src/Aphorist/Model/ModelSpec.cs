namespace Aphorist;

/// <summary>The shape of a model, apart from its vocabulary.</summary>
public sealed record ModelSpec
{
    /// <summary>The notebook's model: LSTM(128) with hard sigmoid gates over windows of 60 characters, then a softmax.</summary>
    public static ModelSpec Notebook { get; } = new();

    /// <summary>What the layers are. LSTM by default.</summary>
    public Architecture Architecture { get; init; } = Architecture.Lstm;

    /// <summary>Units of each layer: 1 or more, 128 by default.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Layers, each reading the outputs of the one below: 1 (the default) to 4, of convolutions to 12.</summary>
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
    /// what to add. False by default; needs two layers or more. Convolutions do so in any case, and refuse it.
    /// </summary>
    public bool Residual { get; init; }

    /// <summary>
    /// Whether the outputs of each layer are normalised over its units before they are handed on, with a gain and a bias that are learned
    /// (Ba, Kiros, Hinton, 2016). False by default. The state that a layer keeps for its next step is not normalised.
    /// </summary>
    public bool LayerNormalization { get; init; }

    /// <summary>Tokens the model sees before the one it predicts (the notebook's maxlen): 1 or more, 60 by default.</summary>
    public int Window { get; init; } = 60;

    /// <summary>
    /// The activation of a recurrent layer's gates. By default that of an LSTM is the hard sigmoid, as the notebook's Keras had it, and that of a GRU the logistic one, as PyTorch has it.
    /// Convolutions know only the logistic one.
    /// </summary>
    public GateActivation Gates
    {
        get => gates ?? (Architecture == Architecture.Lstm ? GateActivation.HardSigmoid : GateActivation.Sigmoid);
        init => gates = value;
    }

    /// <summary>Where a GRU's reset gate works. After the product by default; others have none.</summary>
    public ResetGate ResetGate { get; init; } = ResetGate.After;

    /// <summary>
    /// Inputs that meet in a convolution's kernel: 2 (the default, which looks back furthest for its parameters) and more. In layer n, from 0, they are
    /// kernel^n steps apart, so that all layers together see the last kernel^layers tokens, at most 4096.
    /// </summary>
    public int KernelSize { get; init; } = 2;

    // What was chosen; null for the default of the architecture.
    private readonly GateActivation? gates;

    // What a layer remembers of a text grows with how far it sees.
    internal const int FurthestSight = 4096;

    /// <summary>The most layers.</summary>
    internal int MostLayers => Architecture == Architecture.Convolution ? 12 : 4;

    /// <summary>What the outputs of a layer's gates take: four for an LSTM, three for a GRU, two for a convolution.</summary>
    internal int GateCount => Architecture switch { Architecture.Lstm => 4, Architecture.Gru => 3, _ => 2 };

    /// <summary>Tokens that convolutions see, the last one included.</summary>
    internal double Sight => Math.Pow(KernelSize, Layers);

    /// <summary>Whether the layers are GRUs that reset before the product.</summary>
    internal bool ResetsBefore => Architecture == Architecture.Gru && ResetGate == ResetGate.Before;

    /// <summary>What a layer reads for each step: the length of a vector, or 0 if it reads tokens.</summary>
    internal int InputSize(int layer) => layer == 0 ? EmbeddingSize : HiddenSize;

    /// <summary>Whether a recurrent layer's input is added to what it hands on.</summary>
    internal bool AddsInput(int layer) => Residual && layer > 0;

    /// <summary>Steps from one place of a convolution's kernel to the next.</summary>
    internal int Dilation(int layer) => (int)Math.Round(Math.Pow(KernelSize, layer));

    /// <summary>
    /// Floats that the state of one sequence takes in a layer: h and c of an LSTM, h of a GRU, and what a convolution's kernel still meets: vectors, or
    /// tokens, which are a number each.
    /// </summary>
    internal int StateSize(int layer) => Architecture switch
    {
        Architecture.Lstm => 2 * HiddenSize,
        Architecture.Gru => HiddenSize,
        _ => (KernelSize - 1) * Dilation(layer) * Math.Max(1, InputSize(layer)),
    };

    /// <summary>Floats that are kept of one step of a sequence at most, by whatever layer.</summary>
    internal int MostOfStep => Math.Max(EmbeddingSize, 4 * HiddenSize);

    // All that makes a shape. Gates are equal where they are the same, chosen or not.
    private (Architecture, int, int, int, bool, bool, bool, int, GateActivation, ResetGate, int) Key =>
        (Architecture, HiddenSize, Layers, EmbeddingSize, TiedEmbedding, Residual, LayerNormalization, Window, Gates, ResetGate, KernelSize);

    /// <summary>Whether another shape is the same.</summary>
    public bool Equals(ModelSpec? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();

    /// <summary>Checks each size, and what sizes must have in common.</summary>
    /// <exception cref="ArgumentException">
    /// A size is below its least, there are too many layers, the kernel's size is out of range, the embedding is tied to a decoder of another size, or residual connections are asked of
    /// a single layer or of convolutions; the message says which.
    /// </exception>
    internal void Validate()
    {
        if (HiddenSize < 1) throw new ArgumentException(FormattableString.Invariant($"The hidden size is {HiddenSize}; it must be at least 1."));
        if (EmbeddingSize < 0) throw new ArgumentException(FormattableString.Invariant($"The embedding size is {EmbeddingSize}; it must be at least 1, or 0 for none."));
        if (Window < 1) throw new ArgumentException(FormattableString.Invariant($"The window is {Window}; it must be at least 1."));
        if (Layers < 1 || Layers > MostLayers)
            throw new ArgumentException(FormattableString.Invariant($"The number of layers is {Layers}; {(Architecture == Architecture.Convolution ? "convolutions" : "recurrent layers")} are 1 to {MostLayers}."));
        if (Architecture == Architecture.Convolution && !(KernelSize >= 2 && Sight <= FurthestSight))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{Layers} layers of convolutions with kernels of {KernelSize} see {Sight:F0} tokens, and from 2 to {FurthestSight} are possible; change the layers or the kernel."));
        }

        if (TiedEmbedding && EmbeddingSize != HiddenSize)
        {
            throw new ArgumentException(
                $"Tied weights need an embedding as long as the hidden state, and the embedding size is {EmbeddingSize} where the hidden size is {HiddenSize}; make them equal, or do not tie.");
        }

        if (Residual && Architecture == Architecture.Convolution)
            throw new ArgumentException("Residual connections are for recurrent layers, and convolutions above the first add their input to their output in any case; do not ask for them.");
        if (Architecture == Architecture.Convolution && Gates == GateActivation.HardSigmoid)
            throw new ArgumentException("Hard sigmoid gates are for recurrent layers, and those of convolutions are always the logistic sigmoid; do not ask for them.");
        if (Residual && Layers < 2)
            throw new ArgumentException("Residual connections lead past the layers above the first, and the model has only one layer; give it two or more, or no residual connections.");
    }
}
