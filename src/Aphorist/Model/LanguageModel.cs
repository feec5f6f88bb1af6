using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Model;

/// <summary>A model of text: its shape, its vocabulary and its parameters.</summary>
public sealed class LanguageModel
{
    private LanguageModel(ModelSpec spec, Vocabulary vocabulary)
    {
        Spec = spec;
        Vocabulary = vocabulary;
        Layout = new ModelLayout(spec, vocabulary.Count);
        Parameters = new Parameters(Layout.Tensors);
    }

    /// <summary>The model's shape.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The characters it knows.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Its parameters.</summary>
    public Parameters Parameters { get; }

    /// <summary>How it was trained; null for a model that was not.</summary>
    public TrainingRecord? Training { get; set; }

    /// <summary>Which tensor is what.</summary>
    internal ModelLayout Layout { get; }

    /// <summary>
    /// Makes a model with parameters initialised as Keras does: Glorot uniform kernels, orthogonal recurrent kernels, an LSTM's forget biases 1. Embeddings
    /// start from the standard normal distribution, as PyTorch's do.
    /// </summary>
    public static LanguageModel Create(ModelSpec spec, Vocabulary vocabulary, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(vocabulary);
        LanguageModel model = new(spec, vocabulary);
        (int hidden, int characters) = (spec.HiddenSize, vocabulary.Count);
        if (model.Layout.Embedding is { } embedding) Initializer.Normal(model.Parameters.ValuesOf(embedding), new(seed, RandomPurpose.Embedding));
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            LayerTensors tensors = model.Layout.Layers[layer];
            (ParameterTensor input, ParameterTensor recurrent) = (tensors.InputKernel, tensors.RecurrentKernel);
            Initializer.GlorotUniform(model.Parameters.ValuesOf(input), input.Columns, input.Rows, new(seed, RandomPurpose.InputKernel, (uint)layer));
            Initializer.Orthogonal(model.Parameters.ValuesOf(recurrent), hidden, recurrent.Rows, new(seed, RandomPurpose.RecurrentKernel, (uint)layer));
            if (spec.Architecture == Architecture.Lstm) model.Parameters.ValuesOf(tensors.Bias).Slice(hidden, hidden).Fill(1f);
        }

        Initializer.GlorotUniform(model.Parameters.ValuesOf(model.Layout.DecoderKernel), hidden, characters, new(seed, RandomPurpose.DecoderKernel));
        return model;
    }

    /// <summary>Makes a model whose parameters are all zero, to be filled from a file.</summary>
    internal static LanguageModel CreateEmpty(ModelSpec spec, Vocabulary vocabulary) => new(spec, vocabulary);
}
