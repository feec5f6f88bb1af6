using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>
/// Dilated causal convolutions. The state of a sequence is the inputs that the kernel still covers: vectors, or one number per token.
/// </summary>
internal sealed class ConvolutionKind : LayerKind
{
    public override string DisplayName => "convolutions";

    public override int MaxLayers => 12;

    public override int GateCount => 2;

    public override GateActivation DefaultGates => GateActivation.Sigmoid;

    // tanh(p) and sigmoid(q).
    public override IReadOnlyList<(string Name, int Index)> Blocks { get; } = [(Candidate, 0), ("output", 1)];

    public override IEnumerable<ModelSpec> Variants => [new() { Architecture = Architecture.Convolution }];

    public override bool HasKernelSize => true;

    public override string StoredName(ModelSpec spec) => "convolution";

    public override void Validate(ModelSpec spec)
    {
        if (spec.KernelSize < 2) throw ModelSpec.Invalid(nameof(spec.KernelSize), $"KernelSize is {spec.KernelSize}; it must be 2 or more");
        if (spec.ReceptiveField > ModelSpec.MaxReceptiveField)
        {
            FormattableString limit =
                $"the convolutions see {spec.ReceptiveField} tokens, but {ModelSpec.MaxReceptiveField} is the maximum";
            throw ModelSpec.Invalid(
                nameof(spec.KernelSize),
                $"With Layers {spec.Layers} and KernelSize {spec.KernelSize} {limit}. Reduce Layers or KernelSize");
        }

        if (spec.Residual)
            throw ModelSpec.Invalid(
                nameof(spec.Residual),
                $"Residual is for recurrent layers. Convolutions always add their input to their output; leave Residual off");
        if (spec.Gates != GateActivation.Sigmoid)
            throw ModelSpec.Invalid(
                nameof(spec.Gates),
                $"Gates is for recurrent layers. The gates of convolutions are always the logistic sigmoid; leave Gates unset");
    }

    public override int StateSize(ModelSpec spec, int layer) =>
        (spec.KernelSize - 1) * spec.Dilation(layer) * Math.Max(1, spec.InputSize(layer));

    public override LayerTensors AddTensors(ModelLayout layout, ModelSpec spec, int layer, long inputs)
    {
        int gates = GateCount * spec.HiddenSize;
        ParameterTensor kernel = layout.Add(
            $"convolution.{layer}.weight", gates, inputs * spec.KernelSize, transposed: true, spec.KernelSize);
        return new LayerTensors(kernel, RecurrentKernel: null, layout.Add($"convolution.{layer}.bias", gates), RecurrentBias: null);
    }

    public override void Initialize(Parameters parameters, LayerTensors tensors, int layer, ulong seed)
    {
        ParameterTensor kernel = tensors.InputKernel;
        // Keras counts every output once for each kernel position.
        Initializer.GlorotUniform(
            parameters.GetValues(kernel), kernel.Columns, kernel.Rows * kernel.KernelSize,
            new(seed, RandomPurpose.InputKernel, (uint)layer));
    }

    public override LayerWeights CreateWeights(PackedWeights weights, int layer) => new ConvolutionWeights(weights, layer);
}
