using Aphorist.Model.Layers.Convolution;
using Aphorist.Model.Layers.Gru;
using Aphorist.Model.Layers.Lstm;
using Aphorist.Model.Layers.Rnn;

namespace Aphorist.Model.Layers;

/// <summary>
/// The parts of the engine that depend on the architecture: sizes, tensors and their names, initial values, weights and workspaces. Each
/// architecture has one subclass in its own folder. No other code switches on <see cref="Architecture"/>.
/// </summary>
internal abstract class LayerKind
{
    /// <summary>The name of the block with the new value that the gates let through. It is a tanh.</summary>
    public const string Candidate = "candidate";

    private static readonly LstmKind Lstm = new();
    private static readonly GruKind Gru = new();
    private static readonly ConvolutionKind Convolution = new();
    private static readonly RnnKind Rnn = new();

    /// <summary>Returns the kind of layer of an architecture.</summary>
    public static LayerKind Of(Architecture architecture) => architecture switch
    {
        Architecture.Lstm => Lstm,
        Architecture.Gru => Gru,
        Architecture.Convolution => Convolution,
        Architecture.Rnn => Rnn,
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "Unknown architecture."),
    };

    /// <summary>The plural name for messages.</summary>
    public abstract string DisplayName { get; }

    /// <summary>The maximum number of layers.</summary>
    public abstract int MaxLayers { get; }

    /// <summary>The number of blocks of H rows in a layer's kernel.</summary>
    public abstract int GateCount { get; }

    /// <summary>The default activation of the gates.</summary>
    public abstract GateActivation DefaultGates { get; }

    /// <summary>
    /// The gates, whose values are between 0 and 1, and the candidate: name and index among the blocks that <see
    /// cref="InferenceLayer.Gate"/> returns.
    /// </summary>
    public abstract IReadOnlyList<(string Name, int Index)> Blocks { get; }

    /// <summary>The gates among the blocks.</summary>
    public IEnumerable<(string Name, int Index)> Gates => Blocks.Where(block => block.Name != Candidate);

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<LayerKind> All { get; } = [Lstm, Gru, Convolution, Rnn];

    /// <summary>The specs with a separate name in model files; see <see cref="StoredName"/>.</summary>
    public abstract IEnumerable<ModelSpec> Variants { get; }

    /// <summary>Whether model files store the activation of the gates. Otherwise the name determines it.</summary>
    public virtual bool StoresGates => false;

    /// <summary>Whether the layers have a <see cref="ModelSpec.KernelSize"/>.</summary>
    public virtual bool HasKernelSize => false;

    /// <summary>Checks the properties of a spec that only this kind of layer uses.</summary>
    /// <exception cref="InvalidOptionsException">A property is out of range.</exception>
    public virtual void Validate(ModelSpec spec)
    {
    }

    /// <summary>The number of floats in the state of one sequence in a layer.</summary>
    public abstract int StateSize(ModelSpec spec, int layer);

    /// <summary>Adds the tensors of a layer to the layout of a model.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="spec">The shape of the model.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="inputs">The length of its input vectors, or the size of the vocabulary if it reads tokens.</param>
    public abstract LayerTensors AddTensors(ModelLayout layout, ModelSpec spec, int layer, long inputs);

    /// <summary>
    /// Returns the name of the layers in model files. The name includes all settings that affect the computation but no tensor, so that
    /// variants cannot be confused.
    /// </summary>
    public abstract string StoredName(ModelSpec spec);

    /// <summary>Sets the initial values of a layer whose tensors are all 0.</summary>
    public abstract void Initialize(Parameters parameters, LayerTensors tensors, int layer, ulong seed);

    /// <summary>Creates the packed weights of a layer.</summary>
    public abstract LayerWeights CreateWeights(PackedWeights weights, int layer);
}
