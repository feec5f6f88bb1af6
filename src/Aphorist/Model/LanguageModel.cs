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
        Parameters = new Parameters(Layout(spec.HiddenSize, vocabulary.Count));
    }

    /// <summary>The model's shape.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The characters it knows.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Its parameters.</summary>
    public Parameters Parameters { get; }

    /// <summary>How it was trained; null for a model that was not.</summary>
    public TrainingRecord? Training { get; set; }

    /// <summary>W [V, 4H] in memory.</summary>
    internal ParameterTensor InputKernel => Parameters.Tensors[0];

    /// <summary>U [H, 4H] in memory.</summary>
    internal ParameterTensor RecurrentKernel => Parameters.Tensors[1];

    /// <summary>b [4H].</summary>
    internal ParameterTensor Bias => Parameters.Tensors[2];

    /// <summary>D [V, H].</summary>
    internal ParameterTensor DecoderKernel => Parameters.Tensors[3];

    /// <summary>The bias of D [V].</summary>
    internal ParameterTensor DecoderBias => Parameters.Tensors[4];

    /// <summary>Makes a model with parameters initialised as Keras does: Glorot uniform kernels, an orthogonal recurrent kernel, forget biases of 1.</summary>
    public static LanguageModel Create(ModelSpec spec, Vocabulary vocabulary, ulong seed = 0)
    {
        LanguageModel model = new(spec, vocabulary);
        (int hidden, int characters) = (spec.HiddenSize, vocabulary.Count);
        Initializer.GlorotUniform(model.Parameters.ValuesOf(model.InputKernel), characters, 4 * hidden, new(seed, RandomPurpose.InputKernel));
        Initializer.Orthogonal(model.Parameters.ValuesOf(model.RecurrentKernel), hidden, 4 * hidden, new(seed, RandomPurpose.RecurrentKernel));
        model.Parameters.ValuesOf(model.Bias).Slice(hidden, hidden).Fill(1f);
        Initializer.GlorotUniform(model.Parameters.ValuesOf(model.DecoderKernel), hidden, characters, new(seed, RandomPurpose.DecoderKernel));
        return model;
    }

    /// <summary>Makes a model whose parameters are all zero, to be filled from a file.</summary>
    internal static LanguageModel CreateEmpty(ModelSpec spec, Vocabulary vocabulary) => new(spec, vocabulary);

    /// <summary>
    /// The arena: W [V, 4H], U [H, 4H], b [4H] of the LSTM (gates in the order input, forget, cell, output), then D [V, H] and its bias [V].
    /// Each tensor starts at a multiple of 16 floats.
    /// </summary>
    private static List<ParameterTensor> Layout(int hiddenSize, int vocabularySize)
    {
        int gates = 4 * hiddenSize;
        List<ParameterTensor> tensors = [];
        Add("lstm.weight_ih_l0", gates, vocabularySize, transposed: true);
        Add("lstm.weight_hh_l0", gates, hiddenSize, transposed: true);
        Add("lstm.bias_l0", gates, 0, transposed: false);
        Add("decoder.weight", vocabularySize, hiddenSize, transposed: false);
        Add("decoder.bias", vocabularySize, 0, transposed: false);
        return tensors;

        void Add(string name, int rows, int columns, bool transposed)
        {
            int end = tensors.Count == 0 ? 0 : tensors[^1].End;
            tensors.Add(new ParameterTensor(name, rows, columns, (end + 15) / 16 * 16, transposed));
        }
    }
}
