using Aphorist.Model.Layers.Convolution;
using Aphorist.Model.Layers.Gru;
using Aphorist.Model.Layers.Lstm;

namespace Aphorist.Model.Layers;

/// <summary>
/// Everything that depends on the architecture: sizes, tensors and their names, initial values, weights and workspaces. Each architecture has one
/// subclass in its own folder; nothing else switches on <see cref="Architecture"/>.
/// </summary>
internal abstract class LayerKind
{
    private static readonly LstmKind Lstm = new();
    private static readonly GruKind Gru = new();
    private static readonly ConvolutionKind Convolution = new();

    /// <summary>Returns the kind of layer of an architecture.</summary>
    public static LayerKind Of(Architecture architecture) => architecture switch
    {
        Architecture.Lstm => Lstm,
        Architecture.Gru => Gru,
        Architecture.Convolution => Convolution,
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "Unknown architecture."),
    };

    /// <summary>The plural for messages.</summary>
    public abstract string DisplayName { get; }

    /// <summary>The maximum number of layers.</summary>
    public abstract int MaxLayers { get; }

    /// <summary>The number of blocks of H rows in a layer's kernel.</summary>
    public abstract int GateCount { get; }

    /// <summary>The activation of the gates unless a spec sets another.</summary>
    public abstract GateActivation DefaultGates { get; }

    /// <summary>The gates with values between 0 and 1, by name, each with its index among the blocks that <see cref="InferenceLayer.Gate"/> returns.</summary>
    public abstract IReadOnlyList<(string Name, int Index)> Gates { get; }

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<LayerKind> All { get; } = [Lstm, Gru, Convolution];

    /// <summary>The specs that have a name of their own in model files; see <see cref="StoredName"/>.</summary>
    public abstract IEnumerable<ModelSpec> Variants { get; }

    /// <summary>Whether a model file says which activation the gates have; otherwise it follows from the name.</summary>
    public virtual bool StoresGates => false;

    /// <summary>Whether the layers have a <see cref="ModelSpec.KernelSize"/>.</summary>
    public virtual bool HasKernelSize => false;

    /// <summary>Checks the properties of a spec that matter to this kind of layer only.</summary>
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
    /// The name of the layers in model files. Whatever changes what is computed but shows in no tensor is a part of the name, so that no program
    /// takes one variant for another.
    /// </summary>
    public abstract string StoredName(ModelSpec spec);

    /// <summary>Sets the initial values of a layer whose tensors are all 0.</summary>
    public abstract void Initialize(Parameters parameters, LayerTensors tensors, int layer, ulong seed);

    /// <summary>Creates the packed weights of a layer.</summary>
    public abstract LayerWeights CreateWeights(PackedWeights weights, int layer);
}
