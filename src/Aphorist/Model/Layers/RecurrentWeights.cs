using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>The weights of one recurrent layer, packed for matrix products. Refresh them after every change of the parameters.</summary>
internal sealed unsafe class RecurrentWeights : LayerWeights
{
    private readonly RecurrentKind kind;
    private readonly Parameters parameters;
    private readonly AlignedArray inputRows, inputKernel, recurrent, recurrentCandidate;
    private readonly AlignedArray? inputKernelTransposed, recurrentTransposed;

    public RecurrentWeights(RecurrentKind kind, PackedWeights weights, int layer)
    {
        (LanguageModel model, GemmKernel gemm) = (weights.Model, weights.Gemm);
        this.kind = kind;
        (parameters, Gemm, Tensors) = (model.Parameters, gemm, model.Layout.Layers[layer]);
        (HiddenSize, InputSize, Gates) = (model.Spec.HiddenSize, model.Spec.InputSize(layer), model.Spec.GateCount * model.Spec.HiddenSize);
        IsResidual = model.Spec.AddsInput(layer);
        inputRows = new AlignedArray(ReadsTokens ? model.Tokenizer.VocabularySize * Gates : Gates);
        inputKernel = new AlignedArray(gemm.PackedLength(InputSize, Gates));
        recurrent = new AlignedArray(gemm.PackedLength(HiddenSize, Gates));
        recurrentCandidate = new AlignedArray(model.Spec.ResetsBefore ? gemm.PackedLength(HiddenSize, HiddenSize) : 0);
        if (!weights.ForTraining) return;
        inputKernelTransposed = new AlignedArray(gemm.PackedLength(Gates, InputSize));
        recurrentTransposed = new AlignedArray(gemm.PackedLength(Gates, HiddenSize));
    }

    public GemmKernel Gemm { get; }

    public LayerTensors Tensors { get; }

    /// <summary>H.</summary>
    public int HiddenSize { get; }

    /// <summary>G H: the length of the sums of all gates.</summary>
    public int Gates { get; }

    /// <summary>I: the length of an input vector; 0 for tokens.</summary>
    public int InputSize { get; }

    /// <summary>Whether the layer reads tokens instead of vectors.</summary>
    public bool ReadsTokens => InputSize == 0;

    /// <summary>Whether the layer's input is added to its output.</summary>
    public bool IsResidual { get; }

    /// <summary>
    /// The part of the input that is added to the sums in addition to x W: for tokens [V, G H], the rows of W + b; for vectors [1, G H], b.
    /// </summary>
    public float* InputRows => inputRows.Pointer;

    /// <summary>W as a packed B of depth I.</summary>
    public float* InputKernel => inputKernel.Pointer;

    /// <summary>W transposed as a packed B of depth G H, for training.</summary>
    public float* InputKernelTransposed => inputKernelTransposed!.Pointer;

    /// <summary>U as a packed B of depth H.</summary>
    public float* Recurrent => recurrent.Pointer;

    /// <summary>U transposed as a packed B of depth G H, for training.</summary>
    public float* RecurrentTransposed => recurrentTransposed!.Pointer;

    /// <summary>U_n as a packed B of depth H, for a GRU that applies the reset gate before the product.</summary>
    public float* RecurrentCandidate => recurrentCandidate.Pointer;

    /// <summary>The second bias [G H] of a GRU.</summary>
    public float* RecurrentBias => parameters.PointerTo(Tensors.RecurrentBias!);

    public override void Refresh(int part)
    {
        float* w = parameters.PointerTo(Tensors.InputKernel), u = parameters.PointerTo(Tensors.RecurrentKernel!);
        switch (part)
        {
            case 0:
                Gemm.Pack(u, Gates, 1, HiddenSize, Gates, Recurrent);
                if (recurrentCandidate.Length > 0) Gemm.Pack(u + 2 * HiddenSize, Gates, 1, HiddenSize, HiddenSize, RecurrentCandidate);
                break;
            case 1:
                if (recurrentTransposed is not null) Gemm.Pack(u, 1, Gates, Gates, HiddenSize, RecurrentTransposed);
                break;
            case 2:
                if (ReadsTokens) AddBiasToRows();
                else Gemm.Pack(w, Gates, 1, InputSize, Gates, InputKernel);
                break;
            default:
                if (ReadsTokens) break;
                if (inputKernelTransposed is not null) Gemm.Pack(w, 1, Gates, Gates, InputSize, InputKernelTransposed);
                parameters.GetValues(Tensors.Bias).CopyTo(inputRows.Span);
                break;
        }
    }

    public override TrainingLayer CreateLayer(PackedWeights weights, int maxRows, int maxSteps) =>
        kind.CreateTrainingLayer(this, weights, maxRows, maxSteps);

    public override InferenceLayer CreateState(PackedWeights weights, int rows) => kind.CreateInferenceLayer(this, weights, rows);

    private void AddBiasToRows()
    {
        ReadOnlySpan<float> kernel = parameters.GetValues(Tensors.InputKernel), bias = parameters.GetValues(Tensors.Bias);
        for (int row = 0; row < kernel.Length; row += Gates)
            System.Numerics.Tensors.TensorPrimitives.Add(kernel.Slice(row, Gates), bias, inputRows.Span.Slice(row, Gates));
    }
}
