using Aphorist.Reference;

namespace Aphorist.Tests.Model;

/// <summary>The same model twice, with equal parameters: in the engine and in the reference.</summary>
internal sealed class ModelPair
{
    private ModelPair(LanguageModel engine, ReferenceModel reference) => (Engine, Reference) = (engine, reference);

    public LanguageModel Engine { get; }

    public ReferenceModel Reference { get; }

    /// <summary>Creates a pair with normally distributed parameters.</summary>
    public static ModelPair Random(
        int vocabularySize, int hiddenSize, int window, GateActivation gates, double deviation = 0.4, int seed = 1) =>
        Random(Spec(hiddenSize, window, gates), vocabularySize, deviation, seed);

    /// <summary>Creates a pair of any shape with normally distributed parameters.</summary>
    public static ModelPair Random(ModelSpec spec, int vocabularySize, double deviation = 0.4, int seed = 1)
    {
        ReferenceParameters values = new(ReferenceSpecOf(spec, vocabularySize));
        // With larger weights, a vanilla RNN is chaotic: rounding errors, and the values of a relu, grow from step to step.
        if (spec.Architecture == Architecture.Rnn) deviation /= 2;
        values.FillNormal(new Random(seed), deviation);
        LanguageModel engine = LanguageModel.CreateEmpty(spec, VocabularyOf(vocabularySize));
        foreach (ParameterTensor tensor in engine.Parameters.Tensors)
        {
            // The order of the random numbers does not matter. This is the order of the engine.
            Span<float> destination = engine.Parameters.GetValues(tensor);
            for (int index = 0; index < destination.Length; index++) destination[index] = (float)values[tensor.Name][index];
        }

        return Of(engine);
    }

    /// <summary>Creates a pair with initial parameters.</summary>
    public static ModelPair Initial(int vocabularySize, int hiddenSize, int window, GateActivation gates, ulong seed = 1) =>
        Of(LanguageModel.Create(Spec(hiddenSize, window, gates), VocabularyOf(vocabularySize), seed));

    /// <summary>Creates a pair of a model and a reference with the same parameters, which doubles represent exactly.</summary>
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

    /// <summary>Creates a tokenizer of consecutive characters from U+4E00 on. The id of a character is its distance from U+4E00.</summary>
    public static CharacterTokenizer VocabularyOf(int count) =>
        CharacterTokenizer.FromCharacters(string.Concat(Enumerable.Range(0, count).Select(id => (char)(0x4E00 + id))));

    /// <summary>Returns the reference's values of a tensor in the memory order of the engine.</summary>
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
            { Architecture: Architecture.Rnn } => ReferenceArchitecture.Rnn,
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
        Gate = spec switch
        {
            { Architecture: Architecture.Rnn, Activation: Activation.Relu } => Gate.Relu,
            { Architecture: Architecture.Rnn } => Gate.Tanh,
            { Gates: GateActivation.HardSigmoid } => Gate.HardSigmoid,
            _ => Gate.Sigmoid,
        },
    };
}
