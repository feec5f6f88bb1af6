using Aphorist.Generation;
using Aphorist.Generation.Sampling;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Generation.Sampling;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class GenerationAllocationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<GenerationOptions> Strategies =>
    [
        new GenerationOptions(),
        new GenerationOptions { Temperature = 0 },
        new GenerationOptions { TopP = 0.9, RepetitionPenalty = 1.1 },
        new GenerationOptions { TypicalP = 0.9 },
        new GenerationOptions
        {
            TemperatureSchedule = TemperatureSchedule.Cycle(0.5, 1.5), TopK = 15, TopP = 0.95, MinP = 0.01, TypicalP = 0.9,
            RepetitionPenalty = 1.1, FrequencyPenalty = 0.1, PresencePenalty = 0.1,
            LogitBias = new Dictionary<string, double> { ["\u4E00"] = 1 }, BannedTokens = ["\u4E01"],
        },
    ];

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Read_AfterTheFirstCharacters_AllocatesNothing(GenerationMode mode)
    {
        AssertAllocatesNothing(ModelPair.Initial(20, 32, 10, GateActivation.HardSigmoid).Engine, mode);
        foreach (ModelSpec kind in LayerKinds.All)
        {
            ModelSpec spec = kind with { HiddenSize = 16, Layers = 3, EmbeddingSize = 5, Window = 10 };
            AssertAllocatesNothing(ModelPair.Random(spec, 20).Engine, mode);
        }

    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Stream_AfterTheFirstCharacters_AllocatesNothing(GenerationOptions options)
    {
        // A vocabulary that is sorted by a heap, and one that is sorted by ranking.
        foreach (int characters in (int[])[Ranking.MaxCount + 30, 30])
        {
            LanguageModel model = ModelPair.Initial(characters, 16, 10, GateActivation.HardSigmoid).Engine;
            IEnumerable<string> text = new TextGenerator(model).Stream(Spell(model), options with { MaxTokens = null, Seed = 0 }, Token);
            using IEnumerator<string> piece = text.GetEnumerator();
            Assert.True(
                SpinWait.SpinUntil(() => AllocationsOf(piece, 300) == 0, TimeSpan.FromSeconds(10)),
                $"Every token allocates with a vocabulary of {characters} characters.");
        }

        static long AllocationsOf(IEnumerator<string> piece, int pieces)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (pieces-- > 0) piece.MoveNext();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void GenerateBatch_AfterTheFirstTexts_AllocatesNothingButTheTexts(GenerationOptions options)
    {
        const int Length = 40, Texts = 256;
        LanguageModel model = ModelPair.Initial(30, 16, 10, GateActivation.HardSigmoid).Engine;
        // A single thread, which is this one.
        TextGenerator generator = new(model, threads: 1);
        using IEnumerator<string> text = generator
            .GenerateBatch(Enumerable.Repeat("", int.MaxValue), options with { MaxTokens = Length, Seed = 0 }, Token)
            .GetEnumerator();
        long ofTexts = Texts * SizeOfText();
        Assert.True(
            SpinWait.SpinUntil(() => AllocationsOfTexts() == ofTexts, TimeSpan.FromSeconds(10)), "Every text allocates more than itself.");

        long AllocationsOfTexts()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int count = 0; count < Texts; count++) text.MoveNext();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        static long SizeOfText()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            string text = new('a', Length);
            long size = GC.GetAllocatedBytesForCurrentThread() - before;
            GC.KeepAlive(text);
            return size;
        }
    }

    private static string Spell(LanguageModel model) => model.Tokenizer.Decode([0, 1, 2]);

    private static void AssertAllocatesNothing(LanguageModel model, GenerationMode mode)
    {
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        // A single thread, which is this one, so that its allocations can be counted separately from those of other tests.
        using Predictor predictor = mode == GenerationMode.Stateful
            ? new StatefulPredictor(weights)
            : new WindowPredictor(weights, threads: 1);
        TestSampler sampler = new(new(), model.Tokenizer);
        // Methods may allocate until they are fully optimized. A real allocation per character would happen every time.
        Assert.True(
            SpinWait.SpinUntil(() => AllocationsOf(100) == 0, TimeSpan.FromSeconds(10)), $"Every character of {model.Spec} allocates.");

        long AllocationsOf(int characters)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int written = 0; written < characters; written++) predictor.Read(sampler.Choose(predictor.Predict()));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
