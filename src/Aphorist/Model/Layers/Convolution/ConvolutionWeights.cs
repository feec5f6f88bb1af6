using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>The kernel of one convolution packed for matrix products. Refresh them after every change of the parameters.</summary>
/// <remarks>
/// A kernel has K places; place j meets what was read <see cref="Shift"/>(j) steps ago, so the last one meets the present. Memory holds it as [I, K, 2H]:
/// each place is a matrix [I, 2H] whose rows lie K rows apart.
/// </remarks>
internal sealed unsafe class ConvolutionWeights : LayerWeights
{
    private readonly Parameters parameters;
    private readonly AlignedArray kernel;
    private readonly AlignedArray? kernelTransposed;

    public ConvolutionWeights(PackedWeights weights, int layer)
    {
        (LanguageModel model, GemmKernel gemm) = (weights.Model, weights.Gemm);
        (parameters, Gemm, Tensors) = (model.Parameters, gemm, model.Layout.Layers[layer]);
        (HiddenSize, InputSize, IsResidual) = (model.Spec.HiddenSize, model.Spec.InputSize(layer), layer > 0);
        (KernelSize, Dilation) = (model.Spec.KernelSize, model.Spec.Dilation(layer));
        kernel = new AlignedArray(gemm.PackedLength(KernelSize * InputSize, Sums));
        if (weights.ForTraining) kernelTransposed = new AlignedArray(KernelSize * gemm.PackedLength(Sums, InputSize));
    }

    public GemmKernel Gemm { get; }

    public LayerTensors Tensors { get; }

    /// <summary>H.</summary>
    public int HiddenSize { get; }

    /// <summary>2H: the sums of p and q.</summary>
    public int Sums => 2 * HiddenSize;

    /// <summary>I: the length of an input vector; 0 for tokens.</summary>
    public int InputSize { get; }

    /// <summary>Whether the layer reads tokens rather than vectors.</summary>
    public bool ReadsTokens => InputSize == 0;

    /// <summary>Whether the layer's input is added to its output.</summary>
    public bool IsResidual { get; }

    /// <summary>K.</summary>
    public int KernelSize { get; }

    /// <summary>d: steps from one place of the kernel to the next.</summary>
    public int Dilation { get; }

    /// <summary>How many steps before the present still count.</summary>
    public int Past => (KernelSize - 1) * Dilation;

    /// <summary>b [2H].</summary>
    public float* Bias => parameters.PointerTo(Tensors.Bias);

    /// <summary>All places as one packed B of depth K I, place by place.</summary>
    public float* Kernel => kernel.Pointer;

    /// <summary>How many steps ago a place's input was read.</summary>
    public int Shift(int place) => (KernelSize - 1 - place) * Dilation;

    /// <summary>The part of <see cref="Kernel"/> that a place is.</summary>
    public float* KernelOf(int place) => kernel.Pointer + place * InputSize * Gemm.PanelWidth;

    /// <summary>A place transposed, as a packed B of depth 2H, for training.</summary>
    public float* KernelTransposedOf(int place) => kernelTransposed!.Pointer + place * Gemm.PackedLength(Sums, InputSize);

    /// <summary>The row [2H] of a place that belongs to an input, or to a token; in the parameters, or in what is laid out as they.</summary>
    public float* Row(float* arena, int input, int place) => arena + Tensors.InputKernel.Offset + ((nint)input * KernelSize + place) * Sums;

    /// <summary>The row of a token in the parameters.</summary>
    public float* Row(int token, int place) => Row(parameters.Pointer, token, place);

    public override void Refresh(int part)
    {
        if (ReadsTokens) return;
        nint rowStride = (nint)KernelSize * Sums;
        for (int place = 0; place < KernelSize; place++)
        {
            float* w = Row(parameters.Pointer, 0, place);
            if (part == 0) Gemm.PackPart(w, rowStride, 1, InputSize, Sums, Kernel, KernelSize * InputSize, place * InputSize);
            if (part == 1 && kernelTransposed is not null) Gemm.Pack(w, 1, rowStride, Sums, InputSize, KernelTransposedOf(place));
        }
    }

    public override TrainingLayer CreateLayer(PackedWeights weights, int maxRows, int maxSteps) =>
        new ConvolutionTrainingLayer(this, ConvolutionCell.Create(weights.InstructionSet), maxRows, maxSteps);

    public override InferenceLayer CreateState(PackedWeights weights, int rows) =>
        new ConvolutionInferenceLayer(this, ConvolutionCell.Create(weights.InstructionSet), rows);
}
