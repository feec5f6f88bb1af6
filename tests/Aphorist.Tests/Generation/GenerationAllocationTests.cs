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

    private static void AssertAllocatesNothing(LanguageModel model, GenerationMode mode)
    {
        NetworkWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        // A single thread: this one, whose allocations can be counted apart from those of other tests.
        using Workers workers = new(1);
        Predictor predictor = mode == GenerationMode.Stateful
            ? new StatefulPredictor(weights)
            : new WindowPredictor(weights, workers);
        Sampler sampler = new(new(), model.Tokenizer.Count);
        Write(30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Write(100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write(int characters)
        {
            for (int written = 0; written < characters; written++) predictor.Read(sampler.Choose(predictor.Predict()));
        }
    }
}
