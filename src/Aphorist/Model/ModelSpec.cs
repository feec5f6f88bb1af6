using System.Globalization;
using Aphorist.Model.Layers;

namespace Aphorist;

/// <summary>The shape of a model, apart from its vocabulary: the layers, their sizes and how they are connected.</summary>
/// <remarks>
/// The properties are checked together by <see cref="Validate"/>, which <see cref="LanguageModel.Create"/> calls. Two specs are equal if
/// they describe the same shape, whether a value was set or is the default of the architecture.
/// </remarks>
public sealed record ModelSpec
{
    /// <summary>The maximum of <see cref="HiddenSize"/> and <see cref="EmbeddingSize"/>.</summary>
    public const int MaxHiddenSize = 1 << 16;

    /// <summary>The maximum of <see cref="Window"/>.</summary>
    public const int MaxWindow = 1 << 20;

    /// <summary>The maximum of <see cref="ReceptiveField"/>. The memory for each text grows with it.</summary>
    public const int MaxReceptiveField = 4096;

    // The value that was set; null for the default of the architecture.
    private readonly GateActivation? gates;

    /// <summary>
    /// The Keras example that Aphorist reproduces ("the notebook"): LSTM(128) with hard sigmoid gates, reading windows of 60 one-hot
    /// characters.
    /// </summary>
    public static ModelSpec Notebook { get; } = new();

    /// <summary>The default model of char-rnn (Karpathy): two LSTM layers of 128 units.</summary>
    public static ModelSpec CharRnn { get; } = new() { HiddenSize = 128, Layers = 2, Gates = GateActivation.Sigmoid };

    /// <summary>A model that gives readable output after one minute of training on two cores: LSTM(384) with layer normalization.</summary>
    public static ModelSpec Quick { get; } = new() { HiddenSize = 384, LayerNormalization = true, Gates = GateActivation.Sigmoid };

    /// <summary>A model for fifteen minutes of training on two cores: two LSTM layers of 384 units with layer normalization.</summary>
    public static ModelSpec Best { get; } =
        new() { HiddenSize = 384, Layers = 2, LayerNormalization = true, Gates = GateActivation.Sigmoid };

    /// <summary>The kind of the layers. <see cref="Architecture.Lstm"/> by default.</summary>
    public Architecture Architecture { get; init; } = Architecture.Lstm;

    /// <summary>The number of units of each layer. 1 to <see cref="MaxHiddenSize"/>; 128 by default.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>
    /// The number of layers. 1 to <see cref="MaxLayers"/>; 1 by default. Each layer reads the outputs of the previous one.
    /// </summary>
    public int Layers { get; init; } = 1;

    /// <summary>
    /// The length of the vector that represents a token. 0 to <see cref="MaxHiddenSize"/>; 0, the default, means that the first layer reads
    /// one-hot tokens and the model has no embedding.
    /// </summary>
    public int EmbeddingSize { get; init; }

    /// <summary>
    /// Whether the decoder uses the embedding as its weights (Press and Wolf, 2017), which halves the parameters of a large vocabulary.
    /// False by default. Requires <see cref="EmbeddingSize"/> to equal <see cref="HiddenSize"/>.
    /// </summary>
    public bool TiedEmbedding { get; init; }

    /// <summary>
    /// Whether each recurrent layer after the first adds its input to its output (He and others, 2016). False by default. Requires two or
    /// more layers. Convolutions always add their input and do not accept this option.
    /// </summary>
    public bool Residual { get; init; }

    /// <summary>
    /// Whether the output of each layer is normalized over its units, with a learned gain and bias (Ba, Kiros and Hinton, 2016). False by
    /// default. The recurrent state is not normalized.
    /// </summary>
    public bool LayerNormalization { get; init; }

    /// <summary>
    /// The number of tokens that the model reads before the one it predicts, called maxlen in the notebook. 1 to <see cref="MaxWindow"/>;
    /// 60 by default.
    /// </summary>
    public int Window { get; init; } = 60;

    /// <summary>
    /// The activation of the gates of an LSTM or a GRU. By default the hard sigmoid for an LSTM, as in the notebook's version of Keras, and
    /// the logistic sigmoid for a GRU, as in PyTorch. The gates of convolutions are always logistic sigmoids, and an RNN has no gates.
    /// </summary>
    public GateActivation Gates
    {
        get => gates ?? Kind.DefaultGates;
        init => gates = value;
    }

    /// <summary>Where a GRU applies its reset gate. <see cref="ResetGate.After"/> by default; other layers ignore it.</summary>
    public ResetGate ResetGate { get; init; } = ResetGate.After;

    /// <summary>The activation of an RNN. <see cref="Activation.Tanh"/> by default; other layers ignore it.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>
    /// The number of inputs that the kernel of a convolution covers. 2 or more; 2 by default, which gives the largest <see
    /// cref="ReceptiveField"/> for a number of parameters. In layer n, counted from 0, these inputs are KernelSize^n steps apart. Other
    /// layers ignore it.
    /// </summary>
    public int KernelSize { get; init; } = 2;

    /// <summary>
    /// The maximum of <see cref="Layers"/> for the <see cref="Architecture"/>: 4 for recurrent layers, 12 for convolutions.
    /// </summary>
    public int MaxLayers => Kind.MaxLayers;

    /// <summary>
    /// The number of tokens that a stack of convolutions covers, including the last one: <see cref="KernelSize"/> to the power of <see
    /// cref="Layers"/>, at most <see cref="MaxReceptiveField"/> in a valid spec. Recurrent layers have no such limit.
    /// </summary>
    public int ReceptiveField => (int)Math.Min(Math.Pow(KernelSize, Layers), int.MaxValue);

    /// <summary>The implementation of the architecture.</summary>
    internal LayerKind Kind => LayerKind.Of(Architecture);

    /// <summary>The number of blocks of <see cref="HiddenSize"/> rows in a layer's kernel.</summary>
    internal int GateCount => Kind.GateCount;

    /// <summary>Whether the layers are GRUs that apply the reset gate before the product.</summary>
    internal bool ResetsBefore => Architecture == Architecture.Gru && ResetGate == ResetGate.Before;

    // All properties of the shape.
    private (Architecture, int, int, int, bool, bool, bool, int, GateActivation, ResetGate, Activation, int) Key =>
        (Architecture, HiddenSize, Layers, EmbeddingSize, TiedEmbedding, Residual, LayerNormalization, Window, Gates, ResetGate,
            Activation, KernelSize);

    /// <summary>Compares two shapes.</summary>
    public bool Equals(ModelSpec? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();

    /// <summary>Checks that every property is in its range and that the properties fit together.</summary>
    /// <exception cref="InvalidOptionsException">
    /// A property is out of range or contradicts another one; the exception names the property.
    /// </exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Architecture))
            throw Invalid(nameof(Architecture), $"Architecture is {(int)Architecture}, which is not a known architecture");
        Require(nameof(HiddenSize), HiddenSize, 1, MaxHiddenSize);
        Require(nameof(Layers), Layers, 1, MaxLayers, $" for {Kind.DisplayName}");
        Require(nameof(EmbeddingSize), EmbeddingSize, 0, MaxHiddenSize);
        Require(nameof(Window), Window, 1, MaxWindow);
        if (TiedEmbedding && EmbeddingSize != HiddenSize)
        {
            FormattableString sizes = $"{EmbeddingSize} and {HiddenSize}";
            throw Invalid(
                nameof(TiedEmbedding),
                $"TiedEmbedding requires EmbeddingSize to equal HiddenSize, but they are {sizes}. Make them equal or do not tie");
        }

        Kind.Validate(this);
        if (Residual && Layers < 2)
            throw Invalid(nameof(Residual), $"Residual needs 2 or more layers, but Layers is {Layers}. Add layers or turn Residual off");
    }

    /// <summary>The length of the vectors that a layer reads; 0 if it reads tokens.</summary>
    internal int InputSize(int layer) => layer == 0 ? EmbeddingSize : HiddenSize;

    /// <summary>Whether the input of a recurrent layer is added to its output.</summary>
    internal bool AddsInput(int layer) => Residual && layer > 0;

    /// <summary>The distance in steps between two inputs that the kernel of a convolution covers.</summary>
    internal int Dilation(int layer) => (int)Math.Round(Math.Pow(KernelSize, layer));

    /// <summary>The number of floats in the state of one sequence in a layer.</summary>
    internal int StateSize(int layer) => Kind.StateSize(this, layer);

    /// <summary>The maximum number of floats that a layer keeps for one step of a sequence.</summary>
    internal int MaxStepSize => Math.Max(EmbeddingSize, 4 * HiddenSize);

    internal static InvalidOptionsException Invalid(string propertyName, FormattableString problem) =>
        new(problem.ToString(CultureInfo.InvariantCulture) + ".", propertyName);

    private static void Require(string propertyName, int value, int min, int max, string condition = "")
    {
        if (value < min || value > max) throw Invalid(propertyName, $"{propertyName} is {value}; it must be {min} to {max}{condition}");
    }
}
