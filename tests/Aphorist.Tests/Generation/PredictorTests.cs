using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>Compares both predictors with the reference, and window mode with running each window alone.</summary>
public sealed class PredictorTests
{
    private const int Window = 7;

    public static TheoryData<string> Kernels => [.. InstructionSet.All.Select(set => set.Name)];

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Predict_Stateful_ReturnsTheReferencesLogitsOfTheWholeText(string kernel, GateActivation gates)
    {
        ModelPair pair = ModelPair.Random(23, 37, Window, gates);
        int[] text = RandomText(23);
        Predictor predictor = Stateful(pair.Engine, kernel);
        for (int length = 0; length <= text.Length; length++)
        {
            if (length > 0) predictor.Read(text[length - 1]);
            AssertLogits(pair, text.AsSpan(0, length), predictor.Predict());
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Predict_LayersOfEveryKind_ReturnsTheReferencesLogits(string kernel)
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            (int, int, bool, bool)[] shapes = [(1, 0, false, false), (2, 5, false, false), (2, 37, true, false), (3, 37, true, true)];
            foreach ((int layers, int embedding, bool tied, bool connected) in shapes)
            {
                ModelSpec spec = kind with
                {
                    Layers = layers,
                    EmbeddingSize = embedding,
                    TiedEmbedding = tied,
                    HiddenSize = 37,
                    KernelSize = 1 + layers,
                };
                ModelPair pair = ModelPair.Random(connected ? LayerKinds.Connect(spec) : spec, 23);
                int[] text = RandomText(23);
                Predictor predictor = Stateful(pair.Engine, kernel);
                AssertLogits(pair, [], predictor.Predict());
                for (int length = 1; length <= text.Length; length++)
                {
                    predictor.Read(text[length - 1]);
                    AssertLogits(pair, text.AsSpan(0, length), predictor.Predict());
                }
            }
        }
    }

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Predict_Window_ReturnsTheReferencesLogitsOfTheLastWindow(string kernel, GateActivation gates)
    {
        ModelPair pair = ModelPair.Random(23, 37, Window, gates);
        int[] text = RandomText(23);
        using Predictor predictor = WindowOf(pair.Engine, kernel, threads: 2);
        for (int length = 0; length <= text.Length; length++)
        {
            if (length > 0) predictor.Read(text[length - 1]);
            AssertLogits(pair, text.AsSpan(Math.Max(0, length - Window), Math.Min(length, Window)), predictor.Predict());
        }
    }

    [Theory]
    [ClassData(typeof(KernelsAndGates))]
    public void Predict_Window_ReturnsTheBitsOfRunningEachWindowAlone(string kernel, GateActivation gates)
    {
        foreach (int window in (int[])[1, 2, Window, 20]) AssertWindowAlone(kernel, ModelPair.Random(23, 37, window, gates).Engine);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Predict_WindowOfLayersOfEveryKind_ReturnsTheBitsOfRunningEachWindowAlone(string kernel)
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            (int, int, int, bool)[] shapes = [(1, 0, 2, false), (3, 0, Window, false), (3, 5, 20, false), (2, 0, Window, true)];
            foreach ((int layers, int embedding, int window, bool connected) in shapes)
            {
                ModelSpec spec = kind with
                {
                    Layers = layers,
                    EmbeddingSize = embedding,
                    HiddenSize = connected ? 37 : 21,
                    Window = window,
                };
                AssertWindowAlone(kernel, ModelPair.Random(connected ? LayerKinds.Connect(spec) : spec, 23).Engine);
            }
        }
    }

    private static void AssertWindowAlone(string kernel, LanguageModel model)
    {
        int[] text = RandomText(23);
        foreach (int threads in (int[])[1, 2, 3])
        {
            using Predictor predictor = WindowOf(model, kernel, threads);
            for (int length = 1; length <= text.Length; length++)
            {
                predictor.Read(text[length - 1]);
                Predictor alone = Stateful(model, kernel);
                foreach (int id in text[..length].TakeLast(model.Spec.Window)) alone.Read(id);
                Assert.Equal(alone.Predict(), predictor.Predict());
            }
        }
    }

    private static void AssertLogits(ModelPair pair, ReadOnlySpan<int> text, ReadOnlySpan<float> logits) =>
        Tolerance.AssertClose(
            pair.Reference.Logits(text),
            logits,
            Tolerance.OfChain(37 * Math.Max(text.Length, 1)),
            $"logits after {text.Length} characters, of character");

    private static int[] RandomText(int vocabularySize)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, 3 * Window + 2).Select(_ => random.Next(vocabularySize))];
    }

    private static StatefulPredictor Stateful(LanguageModel model, string kernel) =>
        new(WeightsOf(model, kernel));

    private static WindowPredictor WindowOf(LanguageModel model, string kernel, int threads) =>
        new(WeightsOf(model, kernel), threads);

    private static PackedWeights WeightsOf(LanguageModel model, string kernel)
    {
        PackedWeights weights = new(model, InstructionSet.Choose(kernel));
        weights.Refresh();
        return weights;
    }
}
