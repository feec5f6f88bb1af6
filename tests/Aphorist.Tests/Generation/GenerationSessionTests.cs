using Aphorist.Reference;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class GenerationSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<GenerationMode, int> ModesAndKinds
    {
        get
        {
            TheoryData<GenerationMode, int> data = [];
            foreach (GenerationMode mode in Enum.GetValues<GenerationMode>())
                for (int kind = 0; kind < LayerKinds.All.Count; kind++) data.Add(mode, kind);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModesAndKinds))]
    public void Sample_InPartsAndForks_IsTheTextOfGenerate(GenerationMode mode, int kind)
    {
        TextGenerator generator = new(ModelPair.Random(Connected(kind), 13, deviation: 0.7).Engine, mode, threads: 2);
        GenerationOptions sampling = new() { Seed = 5, FrequencyPenalty = 0.2, TemperatureSchedule = TemperatureSchedule.Cycle(0.5, 1.5) };
        string text = generator.Generate("\u4E01\u4E02", sampling with { MaxTokens = 40 }, Token);
        using GenerationSession session = generator.CreateSession(sampling);
        session.Append("\u4E01");
        session.Append(2);
        string first = Sample(session, 15);
        using GenerationSession fork = session.Fork(), changed = session.Fork(sampling with { Seed = null, TopK = 1 });
        Assert.NotEqual(text[15..], Sample(changed, 25));
        // Each session is independent of the others.
        Assert.Equal(text, first + Sample(fork, 25));
        Assert.Equal(text, first + Sample(session, 25));
    }

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Fork_WithASeed_SamplesTheTextOfThatSeed(GenerationMode mode)
    {
        TextGenerator generator = new(ModelPair.Random(13, 9, 5, GateActivation.Sigmoid, deviation: 0.7).Engine, mode, threads: 2);
        GenerationOptions sampling = new() { Seed = 5 };
        using GenerationSession session = generator.CreateSession(sampling);
        session.Append("\u4E01\u4E02");
        string first = Sample(session, 3);
        using GenerationSession fork = session.Fork(sampling with { Seed = 6 });
        using GenerationSession changed = session.Fork(sampling with { Seed = 6, TopK = 1 });

        Assert.Equal(generator.Generate("\u4E01\u4E02" + first, sampling with { MaxTokens = 30, Seed = 6 }, Token), Sample(fork, 30));
        Assert.Equal(generator.Generate("\u4E01\u4E02" + first, sampling with { MaxTokens = 30, TopK = 1 }, Token), Sample(changed, 30));
    }

    [Fact]
    public void CreateSession_NoSeed_SamplesAnotherTextEachTime()
    {
        TextGenerator generator = new(ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine);
        using GenerationSession first = generator.CreateSession(), second = generator.CreateSession(), fork = first.Fork();
        string text = Sample(first, 60);
        Assert.NotEqual(text, Sample(second, 60));
        Assert.Equal(text, Sample(fork, 60));
    }

    [Fact]
    public void Predict_Always_IsTheReferencesSoftmax()
    {
        ModelPair pair = ModelPair.Random(13, 9, 5, GateActivation.Sigmoid, deviation: 0.7);
        using GenerationSession session = new TextGenerator(pair.Engine).CreateSession();
        session.Append("\u4E01\u4E05");
        double[] expected = Softmax.Probabilities(pair.Reference.Logits([1, 5]), 1);
        Prediction prediction = session.Predict();
        for (int id = 0; id < 13; id++) Assert.Equal(expected[id], Math.Exp(prediction.LogProbabilities[id]), 1e-5);
        int[] order = [.. Enumerable.Range(0, 13).OrderByDescending(id => expected[id])];
        Assert.Equal(order[..4], prediction.GetMostLikely(4));
        Assert.Equal(order, prediction.GetMostLikely(99));
        Assert.Equal(-expected.Sum(p => p * Math.Log(p)), prediction.Entropy, 1e-5);
        for (int place = 0; place < 13; place++) Assert.Equal(place + 1, prediction.GetRank(order[place]));
        Assert.Throws<ArgumentOutOfRangeException>(() => prediction.GetRank(13));
    }

    [Theory]
    [MemberData(nameof(ModesAndKinds))]
    public void PredictSampling_BeforeEachToken_ContainsTheTokenAndChangesNothing(GenerationMode mode, int kind)
    {
        TextGenerator generator = new(ModelPair.Random(Connected(kind), 13, deviation: 0.7).Engine, mode, threads: 2);
        GenerationOptions sampling = new() { Seed = 5, TopK = 2, RepetitionPenalty = 1.5 };
        using GenerationSession session = generator.CreateSession(sampling), silent = generator.CreateSession(sampling);
        for (int place = 0; place < 30; place++)
        {
            Prediction model = session.Predict();
            IReadOnlyList<SamplingStep> steps = session.PredictSampling();
            for (int id = 0; id < 13; id++) Assert.Equal(Math.Exp(model.LogProbabilities[id]), steps[0].Probabilities[id], 1e-12);
            Assert.Equal(2, steps[^1].PossibleTokens);
            int sampled = session.Sample();
            Assert.True(steps[^1].Probabilities[sampled] > 0);
            Assert.Equal(silent.Sample(), sampled);
        }
    }

    [Fact]
    public void Append_UnknownCharacterOrToken_AppendsNothing()
    {
        using GenerationSession session = new TextGenerator(ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine).CreateSession();
        double[] before = session.Predict().LogProbabilities.ToArray();
        Assert.Throws<UnknownCharacterException>(() => session.Append("\u4E01x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append(13));
        Assert.Equal(before, session.Predict().LogProbabilities.ToArray());
    }

    [Fact]
    public void Generate_FromManyThreads_ReturnsTheSameTexts()
    {
        TextGenerator generator = new(ModelPair.Random(13, 33, 5, GateActivation.Sigmoid).Engine);
        string[] alone = [.. Enumerable.Range(0, 40).Select(Generate)];
        Assert.Equal(alone, Enumerable.Range(0, 40).AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(Generate));

        string Generate(int seed) => generator.Generate("", new() { MaxTokens = 50, Seed = (ulong)seed }, Token);
    }

    private static ModelSpec Connected(int kind) =>
        LayerKinds.Connect(LayerKinds.All[kind] with { Layers = 2, HiddenSize = 11, EmbeddingSize = 3, Window = 6 });

    private static string Sample(GenerationSession session, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)(0x4E00 + session.Sample())));
}
