using Aphorist.Model;
using Aphorist.Reference;
using Aphorist.Text;

namespace Aphorist.Tests.Model;

/// <summary>The same model twice, with equal parameters: in the engine and in the reference.</summary>
internal sealed class ModelPair
{
    private ModelPair(LanguageModel engine, ReferenceModel reference) => (Engine, Reference) = (engine, reference);

    public LanguageModel Engine { get; }

    public ReferenceModel Reference { get; }

    /// <summary>A pair with normally distributed parameters of this standard deviation.</summary>
    public static ModelPair Random(int vocabularySize, int hiddenSize, int window, GateActivation gates, double deviation = 0.4, int seed = 1)
    {
        ReferenceParameters values = new(vocabularySize, hiddenSize);
        values.FillNormal(new Random(seed), deviation);
        LanguageModel engine = LanguageModel.CreateEmpty(Spec(hiddenSize, window, gates), VocabularyOf(vocabularySize));
        for (int tensor = 0; tensor < values.Tensors.Count; tensor++)
        {
            Span<float> destination = engine.Parameters.ValuesOf(engine.Parameters.Tensors[tensor]);
            for (int index = 0; index < destination.Length; index++) destination[index] = (float)values.Tensors[tensor][index];
        }

        return Of(engine);
    }

    /// <summary>A pair with the parameters that training starts from.</summary>
    public static ModelPair Initial(int vocabularySize, int hiddenSize, int window, GateActivation gates, ulong seed = 1) =>
        Of(LanguageModel.Create(Spec(hiddenSize, window, gates), VocabularyOf(vocabularySize), seed));

    /// <summary>The engine's model, and a reference that has taken over its parameters, which doubles hold exactly.</summary>
    public static ModelPair Of(LanguageModel engine)
    {
        ReferenceParameters parameters = new(engine.Tokenizer.Count, engine.Spec.HiddenSize);
        for (int tensor = 0; tensor < parameters.Tensors.Count; tensor++)
        {
            ReadOnlySpan<float> source = engine.Parameters.ValuesOf(engine.Parameters.Tensors[tensor]);
            for (int index = 0; index < source.Length; index++) parameters.Tensors[tensor][index] = source[index];
        }

        return new ModelPair(engine, new ReferenceModel(parameters, engine.Spec.Gates == GateActivation.Sigmoid ? Gate.Sigmoid : Gate.HardSigmoid));
    }

    /// <summary>So many characters from U+4E00 on, so that a character's id is its distance from there.</summary>
    public static Vocabulary VocabularyOf(int count) =>
        Vocabulary.FromCharacters(string.Concat(Enumerable.Range(0, count).Select(id => (char)(0x4E00 + id))));

    private static ModelSpec Spec(int hiddenSize, int window, GateActivation gates) =>
        new() { HiddenSize = hiddenSize, Window = window, Gates = gates };
}
