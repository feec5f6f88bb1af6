using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class GenerationAllocationTests
{
    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Read_AfterTheFirstCharacters_AllocatesNothing(GenerationMode mode)
    {
        AssertAllocatesNothing(ModelPair.Initial(20, 32, 10, GateActivation.HardSigmoid).Engine, mode);
        foreach (ModelSpec kind in LayerKinds.All)
            AssertAllocatesNothing(ModelPair.Random(kind with { HiddenSize = 16, Layers = 3, EmbeddingSize = 5, Gates = GateActivation.Sigmoid, Window = 10 }, 20).Engine, mode);
    }

    public static TheoryData<SamplingOptions> Strategies => new(
        new SamplingOptions(),
        new SamplingOptions { TopP = 0.9, RepetitionPenalty = 1.1 },
        new SamplingOptions { TopK = 5, MinP = 0.01, Temperature = 1.3 },
        new SamplingOptions { TypicalP = 0.8, FrequencyPenalty = 0.2, PresencePenalty = 0.1, Banned = ["\u4E03"] });

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Stream_AfterTheFirstCharacters_AllocatesNothing(SamplingOptions sampling)
    {
        // More tokens than are ordered by counting, so that the heap is looked at, too.
        foreach (int tokens in (int[])[20, 300])
        {
            LanguageModel model = ModelPair.Initial(tokens, 32, 10, GateActivation.HardSigmoid).Engine;
            using IEnumerator<string> text = new TextGenerator(model).Stream("", sampling, stop: new() { Texts = ["\u4E01\u4E02\u4E01\u4E02\u4E01\u4E02"] }).GetEnumerator();
            Assert.True(SpinWait.SpinUntil(() => AllocationsOfWriting(text) == 0, TimeSpan.FromSeconds(10)), $"Every character of {sampling} allocates.");
        }

        static long AllocationsOfWriting(IEnumerator<string> text)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int written = 0; written < 20; written++) text.MoveNext();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static void AssertAllocatesNothing(LanguageModel model, GenerationMode mode)
    {
        NetworkWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        // A single thread: this one, whose allocations can be counted apart from those of other tests.
        using Predictor predictor = mode == GenerationMode.Stateful
            ? new StatefulPredictor(weights)
            : new WindowPredictor(weights, threads: 1);
        SampledChoices sampler = new(new(), model.Tokenizer);
        // Until the compiler has optimised every method there may be garbage; a character that allocates does so every time.
        Assert.True(SpinWait.SpinUntil(() => AllocationsOfWriting(100) == 0, TimeSpan.FromSeconds(10)), $"Every character of {model.Spec} allocates.");

        long AllocationsOfWriting(int characters)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int written = 0; written < characters; written++) predictor.Read(sampler.Choose(predictor.Predict()));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
