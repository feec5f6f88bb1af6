using Aphorist.Model;
using Aphorist.Model.Layers;
using Aphorist.Numerics;

namespace Aphorist;

/// <summary>A model of text: its shape, its tokenizer and its parameters.</summary>
public sealed class LanguageModel
{
    private LanguageModel(ModelSpec spec, Tokenizer tokenizer)
    {
        spec.Validate();
        Spec = spec;
        Tokenizer = tokenizer;
        Layout = new ModelLayout(spec, tokenizer.VocabularySize);
        Parameters = new Parameters(Layout.Tensors);
    }

    /// <summary>The model's shape.</summary>
    public ModelSpec Spec { get; }

    /// <summary>What it reads and writes: characters, words or bytes.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Its parameters.</summary>
    public Parameters Parameters { get; }

    /// <summary>How it was trained; null for a model that was not.</summary>
    public TrainingRecord? Training { get; set; }

    /// <summary>Where it was imported from; null for a model of this library. It stays when such a model is trained further.</summary>
    public ModelOrigin? Origin { get; set; }

    /// <summary>What the optimizer of another program had accumulated, to go on from; null where there is nothing, and once training has begun.</summary>
    public OptimizerState? OptimizerState { get; internal set; }

    /// <summary>Which tensor is what.</summary>
    internal ModelLayout Layout { get; }

    /// <summary>
    /// Makes a model with parameters initialised as Keras does: Glorot uniform kernels, orthogonal recurrent kernels, an LSTM's forget biases 1, gains of normalisations 1. Embeddings
    /// start from the standard normal distribution, as PyTorch's do, unless the decoder's kernel is the embedding: then it starts as the decoder's.
    /// </summary>
    /// <param name="spec">The shape. A large vocabulary, such as one of words, wants an embedding.</param>
    /// <param name="tokenizer">What the model reads and writes, such as <see cref="CharacterTokenizer.Create"/> a corpus.</param>
    /// <param name="seed">The seed of the initial parameters. 0 by default.</param>
    /// <exception cref="ArgumentException">
    /// A size is below its least, the embedding is tied and not as long as the hidden state, the layers are too many or see too far, residual connections are asked of a single layer
    /// or of convolutions, or there would be more than about a billion parameters.
    /// </exception>
    public static LanguageModel Create(ModelSpec spec, Tokenizer tokenizer, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(tokenizer);
        LanguageModel model = new(spec, tokenizer);
        (int hidden, int tokens) = (spec.HiddenSize, tokenizer.VocabularySize);
        if (model.Layout.Embedding is { } embedding && !spec.TiedEmbedding) Initializer.Normal(model.Parameters.GetValues(embedding), new(seed, RandomPurpose.Embedding));
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            LayerTensors tensors = model.Layout.Layers[layer];
            // Every output of a convolution's kernel counts once for each of its places.
            (ParameterTensor input, int outputs) = (tensors.InputKernel, tensors.InputKernel.Rows * Math.Max(1, tensors.InputKernel.KernelSize));
            Initializer.GlorotUniform(model.Parameters.GetValues(input), input.Columns, outputs, new(seed, RandomPurpose.InputKernel, (uint)layer));
            if (tensors.RecurrentKernel is { } recurrent)
                Initializer.Orthogonal(model.Parameters.GetValues(recurrent), hidden, recurrent.Rows, new(seed, RandomPurpose.RecurrentKernel, (uint)layer));
            if (spec.Architecture == Architecture.Lstm) model.Parameters.GetValues(tensors.Bias).Slice(hidden, hidden).Fill(1f);
        }

        foreach (NormalizationTensors normalization in model.Layout.Normalizations) model.Parameters.GetValues(normalization.Gain).Fill(1f);
        Initializer.GlorotUniform(model.Parameters.GetValues(model.Layout.DecoderKernel), hidden, tokens, new(seed, RandomPurpose.DecoderKernel));
        return model;
    }

    /// <summary>Makes a model whose parameters are all zero, to be filled from a file.</summary>
    internal static LanguageModel CreateEmpty(ModelSpec spec, Tokenizer tokenizer) => new(spec, tokenizer);
}
