using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>A model's matrices in the forms that the products want; made anew after every change of the parameters.</summary>
internal sealed unsafe class PackedParameters
{
    /// <summary>How many parts <see cref="Refresh(int)"/> has, which may be made at the same time.</summary>
    public const int Parts = 4;

    private readonly LanguageModel model;
    private readonly AlignedArray inputs, recurrent, recurrentTransposed, decoder, decoderTransposed;

    public PackedParameters(LanguageModel model, InstructionSet instructionSet)
    {
        this.model = model;
        Gemm = instructionSet.Gemm;
        (int hidden, int characters) = (model.Spec.HiddenSize, model.Vocabulary.Count);
        inputs = new AlignedArray(characters * 4 * hidden);
        recurrent = new AlignedArray(Gemm.PackedLength(hidden, 4 * hidden));
        recurrentTransposed = new AlignedArray(Gemm.PackedLength(4 * hidden, hidden));
        decoder = new AlignedArray(Gemm.PackedLength(hidden, characters));
        decoderTransposed = new AlignedArray(Gemm.PackedLength(characters, hidden));
    }

    public GemmKernel Gemm { get; }

    /// <summary>[V, 4H]: W + b, by rows.</summary>
    public float* Inputs => inputs.Pointer;

    /// <summary>U as a packed B of depth H.</summary>
    public float* Recurrent => recurrent.Pointer;

    /// <summary>U transposed as a packed B of depth 4H.</summary>
    public float* RecurrentTransposed => recurrentTransposed.Pointer;

    /// <summary>D transposed as a packed B of depth H: hidden states times it are logits.</summary>
    private float* Decoder => decoder.Pointer;

    /// <summary>D as a packed B of depth V.</summary>
    public float* DecoderTransposed => decoderTransposed.Pointer;

    /// <summary>Takes over the parameters as they are now.</summary>
    public void Refresh()
    {
        for (int part = 0; part < Parts; part++) Refresh(part);
    }

    /// <summary>Takes over one of the <see cref="Parts"/>.</summary>
    public void Refresh(int part)
    {
        (int hidden, int characters) = (model.Spec.HiddenSize, model.Vocabulary.Count);
        float* u = model.Parameters.PointerTo(model.RecurrentKernel);
        float* d = model.Parameters.PointerTo(model.DecoderKernel);
        switch (part)
        {
            case 0:
                Gemm.Pack(u, 4 * hidden, 1, hidden, 4 * hidden, Recurrent);
                break;
            case 1:
                Gemm.Pack(u, 1, 4 * hidden, 4 * hidden, hidden, RecurrentTransposed);
                break;
            case 2:
                AddBiasToInputs(hidden, characters);
                break;
            default:
                Gemm.Pack(d, 1, hidden, hidden, characters, Decoder);
                Gemm.Pack(d, hidden, 1, characters, hidden, DecoderTransposed);
                break;
        }
    }

    /// <summary>The logits [rows, V] of hidden states [rows, H].</summary>
    public void Decode(float* hidden, Span<float> logits)
    {
        (int hiddenSize, int characters) = (model.Spec.HiddenSize, model.Vocabulary.Count);
        int rows = logits.Length / characters;
        ReadOnlySpan<float> bias = model.Parameters.ValuesOf(model.DecoderBias);
        for (int row = 0; row < rows; row++) bias.CopyTo(logits[(row * characters)..]);
        fixed (float* destination = logits)
            Gemm.Multiply(hidden, hiddenSize, 1, Decoder, destination, characters, rows, characters, hiddenSize, accumulate: true);
    }

    private void AddBiasToInputs(int hidden, int characters)
    {
        ReadOnlySpan<float> kernel = model.Parameters.ValuesOf(model.InputKernel), bias = model.Parameters.ValuesOf(model.Bias);
        for (int character = 0; character < characters; character++)
        {
            int row = character * 4 * hidden;
            System.Numerics.Tensors.TensorPrimitives.Add(kernel.Slice(row, 4 * hidden), bias, inputs.Span.Slice(row, 4 * hidden));
        }
    }
}
