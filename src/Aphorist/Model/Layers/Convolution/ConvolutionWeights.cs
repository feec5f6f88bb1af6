using Aphorist.Numerics;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>The kernel of one convolution, packed for matrix products. Refresh it after every change of the parameters.</summary>
/// <remarks>
/// A kernel has K positions. Position j covers the input <see cref="Shift"/>(j) steps ago; the last position covers the current input.
/// Memory holds the kernel as [I, K, 2H], so each position is a matrix [I, 2H] whose rows are K rows apart.
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

    /// <summary>2H: the length of the sums p and q.</summary>
    public int Sums => 2 * HiddenSize;

    /// <summary>I: the length of an input vector; 0 for tokens.</summary>
    public int InputSize { get; }

    /// <summary>Whether the layer reads tokens instead of vectors.</summary>
    public bool ReadsTokens => InputSize == 0;

    /// <summary>Whether the layer's input is added to its output.</summary>
    public bool IsResidual { get; }

    /// <summary>K.</summary>
    public int KernelSize { get; }

    /// <summary>d: the distance between two kernel positions, in steps.</summary>
    public int Dilation { get; }

    /// <summary>The number of steps before the current one that the kernel covers.</summary>
    public int Past => (KernelSize - 1) * Dilation;

    /// <summary>b [2H].</summary>
    public float* Bias => parameters.PointerTo(Tensors.Bias);

    /// <summary>All kernel positions as one packed B of depth K I, one position after the other.</summary>
    public float* Kernel => kernel.Pointer;

    /// <summary>Returns the number of steps since the input at a kernel position was read.</summary>
    public int Shift(int place) => (KernelSize - 1 - place) * Dilation;

    /// <summary>The part of <see cref="Kernel"/> for one position.</summary>
    public float* KernelOf(int place) => kernel.Pointer + place * InputSize * Gemm.PanelWidth;

    /// <summary>The transposed matrix of one position as a packed B of depth 2H, for training.</summary>
    public float* KernelTransposedOf(int place) => kernelTransposed!.Pointer + place * Gemm.PackedLength(Sums, InputSize);

    /// <summary>The row [2H] of a kernel position for an input or a token, in memory with the layout of the parameters.</summary>
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
