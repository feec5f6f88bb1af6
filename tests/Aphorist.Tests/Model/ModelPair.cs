using Aphorist.Reference;

namespace Aphorist.Tests.Model;

/// <summary>The same model twice, with equal parameters: in the engine and in the reference.</summary>
internal sealed class ModelPair
{
    private ModelPair(LanguageModel engine, ReferenceModel reference) => (Engine, Reference) = (engine, reference);

    public LanguageModel Engine { get; }

    public ReferenceModel Reference { get; }

    /// <summary>A pair with normally distributed parameters of this standard deviation.</summary>
    public static ModelPair Random(
        int vocabularySize, int hiddenSize, int window, GateActivation gates, double deviation = 0.4, int seed = 1) =>
        Random(Spec(hiddenSize, window, gates), vocabularySize, deviation, seed);

    /// <summary>A pair of any shape with normally distributed parameters of this standard deviation.</summary>
    public static ModelPair Random(ModelSpec spec, int vocabularySize, double deviation = 0.4, int seed = 1)
    {
        ReferenceParameters values = new(ReferenceSpecOf(spec, vocabularySize));
        values.FillNormal(new Random(seed), deviation);
        LanguageModel engine = LanguageModel.CreateEmpty(spec, VocabularyOf(vocabularySize));
        foreach (ParameterTensor tensor in engine.Parameters.Tensors)
        {
            // Any order of random numbers is as good as another: this is the engine's.
            Span<float> destination = engine.Parameters.GetValues(tensor);
            for (int index = 0; index < destination.Length; index++) destination[index] = (float)values[tensor.Name][index];
        }

        return Of(engine);
    }

    /// <summary>A pair with the parameters that training starts from.</summary>
    public static ModelPair Initial(int vocabularySize, int hiddenSize, int window, GateActivation gates, ulong seed = 1) =>
        Of(LanguageModel.Create(Spec(hiddenSize, window, gates), VocabularyOf(vocabularySize), seed));

    /// <summary>The engine's model, and a reference that has taken over its parameters, which doubles hold exactly.</summary>
    public static ModelPair Of(LanguageModel engine)
    {
        ReferenceParameters parameters = new(ReferenceSpecOf(engine.Spec, engine.Tokenizer.VocabularySize));
        foreach (ParameterTensor tensor in engine.Parameters.Tensors)
        {
            ReadOnlySpan<float> memory = engine.Parameters.GetValues(tensor);
            double[] values = parameters[tensor.Name];
            for (int index = 0; index < memory.Length; index++) values[index] = memory[PlaceInMemory(tensor, index)];
        }

        return new ModelPair(engine, new ReferenceModel(parameters));
    }

    /// <summary>So many characters from U+4E00 on, so that a character's id is its distance from there.</summary>
    public static CharacterTokenizer VocabularyOf(int count) =>
        CharacterTokenizer.FromCharacters(string.Concat(Enumerable.Range(0, count).Select(id => (char)(0x4E00 + id))));

    /// <summary>The reference's values of a tensor, in the order in which the engine has them in memory.</summary>
    public static double[] ToMemory(ParameterTensor tensor, double[] values)
    {
        double[] memory = new double[tensor.Length];
        for (int index = 0; index < values.Length; index++) memory[PlaceInMemory(tensor, index)] = values[index];
        return memory;
    }

    private static int PlaceInMemory(ParameterTensor tensor, int index) =>
        tensor.IsTransposed ? index % tensor.Columns * tensor.Rows + index / tensor.Columns : index;

    private static ModelSpec Spec(int hiddenSize, int window, GateActivation gates) =>
        new() { HiddenSize = hiddenSize, Window = window, Gates = gates };

    private static ReferenceSpec ReferenceSpecOf(ModelSpec spec, int vocabularySize) => new()
    {
        Architecture = spec switch
        {
            { Architecture: Architecture.Lstm } => ReferenceArchitecture.Lstm,
            { Architecture: Architecture.Convolution } => ReferenceArchitecture.Convolution,
            { ResetGate: ResetGate.Before } => ReferenceArchitecture.GruResetBefore,
            _ => ReferenceArchitecture.Gru,
        },
        VocabularySize = vocabularySize,
        EmbeddingSize = spec.EmbeddingSize,
        HiddenSize = spec.HiddenSize,
        Layers = spec.Layers,
        TiedEmbedding = spec.TiedEmbedding,
        Residual = spec.Residual,
        LayerNormalization = spec.LayerNormalization,
        KernelSize = spec.KernelSize,
        Dilations = [.. Enumerable.Range(0, spec.Layers).Select(spec.Dilation)],
        Gate = spec.Gates == GateActivation.HardSigmoid ? Gate.HardSigmoid : Gate.Sigmoid,
    };
}
