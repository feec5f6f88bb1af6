using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Counts the allocations of the whole process, so no other test may run at the same time.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneDefinition;

[Collection("Alone")]
public sealed class TrainingStepAllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_AfterTheFirstSteps_AllocatesNothing(int threads)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("APHORIST_COVERAGE") is { Length: > 0 }, "counting coverage allocates");
        LanguageModel model = ModelPair.Initial(20, 32, 10, GateActivation.HardSigmoid).Engine;
        RandomBatch batch = new(model, 100);
        using TrainingStep step = new(model, batch.Ids, new TrainingOptions { BatchSize = 100, Threads = threads });
        for (int round = 0; round < 5; round++) step.Run(batch.Starts, model.Spec.Window, number: 1, 0.01f);
        // Until the compiler has optimized every method there may be garbage, and the test runner's threads may allocate at any time;
        // a step that allocates does so every time.
        Assert.True(
            SpinWait.SpinUntil(() => AllocationsOf(step, batch, model.Spec.Window) == 0, TimeSpan.FromSeconds(10)),
            "Every step allocates.");
    }

    [Fact]
    public void Run_StreamsOfLayersOfEveryKind_AllocatesNothing()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("APHORIST_COVERAGE") is { Length: > 0 }, "counting coverage allocates");
        foreach (ModelSpec kind in LayerKinds.All)
        {
            ModelSpec spec = LayerKinds.Connect(kind with { HiddenSize = 16, Layers = 2, EmbeddingSize = 5, Window = 10 });
            LanguageModel model = ModelPair.Random(spec, 20).Engine;
            RandomBatch batch = new(model, 100);
            TrainingOptions options = new()
            {
                Objective = Objective.Stream,
                BatchSize = 100,
                SequenceLength = 10,
                Threads = 2,
                Optimizer = OptimizerKind.Adam,
                ClipNorm = 1,
                Dropout = 0.1,
                EmaDecay = 0.9,
            };
            using TrainingStep step = new(model, batch.Ids, options);
            Assert.True(
                SpinWait.SpinUntil(() => AllocationsOf(step, batch, model.Spec.Window) == 0, TimeSpan.FromSeconds(10)),
                $"Every step of {kind} allocates.");
        }
    }

    private static long AllocationsOf(TrainingStep step, RandomBatch batch, int window)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        step.Run(batch.Starts, window, number: 2, 0.01f);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
