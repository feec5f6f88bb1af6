using Aphorist.Model.Layers;
using Aphorist.Numerics;

namespace Aphorist.Model;

/// <summary>All weights of a model, packed for matrix products. Refresh them after every change of the parameters.</summary>
internal sealed unsafe class PackedWeights
{
    private readonly AlignedArray decoder;
    private readonly AlignedArray? decoderTransposed;

    /// <param name="model">The model.</param>
    /// <param name="instructionSet">The instruction set that they are packed for.</param>
    /// <param name="forTraining">Whether to pack the transposed matrices as well, which only the backward pass uses.</param>
    public PackedWeights(LanguageModel model, InstructionSet instructionSet, bool forTraining = false)
    {
        (Model, InstructionSet, ForTraining) = (model, instructionSet, forTraining);
        Layers = [.. Enumerable.Range(0, model.Spec.Layers).Select(layer => model.Spec.Kind.CreateWeights(this, layer))];
        (int hidden, int characters) = (model.Spec.HiddenSize, model.Tokenizer.VocabularySize);
        decoder = new AlignedArray(Gemm.PackedLength(hidden, characters));
        if (forTraining) decoderTransposed = new AlignedArray(Gemm.PackedLength(characters, hidden));
    }

    public LanguageModel Model { get; }

    public InstructionSet InstructionSet { get; }

    /// <summary>Whether the transposed matrices are packed.</summary>
    public bool ForTraining { get; }

    public GemmKernel Gemm => InstructionSet.Gemm;

    /// <summary>The layers, from the first one up.</summary>
    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>D as a packed B of depth V, for training.</summary>
    public float* DecoderTransposed => decoderTransposed!.Pointer;

    /// <summary>The number of parts of <see cref="Refresh(int)"/>, which can run in parallel.</summary>
    public int Parts => Layers.Count * LayerWeights.Parts + 2;

    /// <summary>Packs the current parameters.</summary>
    public void Refresh()
    {
        for (int part = 0; part < Parts; part++) Refresh(part);
    }

    /// <summary>Packs one of the <see cref="Parts"/>.</summary>
    public void Refresh(int part)
    {
        (int layer, int partOfLayer) = Math.DivRem(part, LayerWeights.Parts);
        if (layer < Layers.Count)
        {
            Layers[layer].Refresh(partOfLayer);
            return;
        }

        (int hidden, int characters) = (Model.Spec.HiddenSize, Model.Tokenizer.VocabularySize);
        float* d = Model.Parameters.PointerTo(Model.Layout.DecoderKernel);
        if (partOfLayer == 0) Gemm.Pack(d, 1, hidden, hidden, characters, decoder.Pointer);
        else if (ForTraining) Gemm.Pack(d, hidden, 1, characters, hidden, DecoderTransposed);
    }

    /// <summary>Copies the vectors [rows, E] of tokens.</summary>
    public void Embed(int* tokens, float* vectors, int rows)
    {
        int size = Model.Spec.EmbeddingSize;
        ReadOnlySpan<float> embedding = Model.Parameters.GetValues(Model.Layout.Embedding!);
        for (int row = 0; row < rows; row++)
            embedding.Slice(tokens[row] * size, size).CopyTo(new Span<float>(vectors + (nint)row * size, size));
    }

    /// <summary>Computes the logits [rows, V] of the outputs [rows, H] of the last layer.</summary>
    public void Decode(float* hidden, float* logits, int rows)
    {
        (int hiddenSize, int characters) = (Model.Spec.HiddenSize, Model.Tokenizer.VocabularySize);
        ReadOnlySpan<float> bias = Model.Parameters.GetValues(Model.Layout.DecoderBias);
        for (int row = 0; row < rows; row++) bias.CopyTo(new Span<float>(logits + (nint)row * characters, characters));
        Gemm.Multiply(hidden, hiddenSize, 1, decoder.Pointer, logits, characters, rows, characters, hiddenSize, accumulate: true);
    }
}
