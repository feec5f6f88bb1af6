using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Distributed;

public sealed class DistributedStepTests
{
    private const int Batch = 150;

    public static TheoryData<int, int> SizesAndKinds =>
        [.. ((int[])[2, 3, 4, 5, 8]).SelectMany(size => Enumerable.Range(0, LayerKinds.All.Count).Select(kind => (size, kind)))];

    [Theory]
    [MemberData(nameof(SizesAndKinds))]
    public void Run_WindowsInAnyNumberOfProcesses_GivesTheBitsOfOne(int size, int kind)
    {
        TrainingOptions options = new() { BatchSize = Batch, Threads = 1, Dropout = 0.2, ClipNorm = 0.5, EmaDecay = 0.9 };
        AssertSameBits(size, LayerKinds.All[kind], options);
    }

    [Theory]
    [MemberData(nameof(SizesAndKinds))]
    public void Run_StreamsInAnyNumberOfProcesses_GivesTheBitsOfOne(int size, int kind)
    {
        TrainingOptions options = new()
        {
            Objective = Objective.Stream,
            BatchSize = Batch,
            SequenceLength = 7,
            Threads = 2,
            Optimizer = OptimizerKind.AdamW,
            WeightDecay = 0.1,
            ClipValue = 0.01,
        };
        AssertSameBits(size, LayerKinds.All[kind], options);
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.RmsProp)]
    public void Run_EveryOptimizer_GivesTheBitsOfOne(OptimizerKind optimizer) =>
        AssertSameBits(4, new ModelSpec(), new TrainingOptions { BatchSize = Batch, Optimizer = optimizer });

    [Fact]
    public void Run_CancelledInOneProcess_ChangesNothingInAny()
    {
        using CancellationTokenSource cancellation = new();
        float[][] parameters = ThreadGroup.Run(3, group =>
        {
            LanguageModel model = Model(new ModelSpec());
            RandomBatch batch = new(model, Batch);
            using TrainingStep step = new(model, batch.Ids, new TrainingOptions { BatchSize = Batch }, processes: group);
            float[] before = model.Parameters.Values.ToArray();
            if (group.Rank == 1) step.Cancellation = cancellation.Token;
            if (group.Rank == 1) cancellation.Cancel();
            Assert.Throws<OperationCanceledException>(() => step.Run(batch.Starts, model.Spec.Window, 1, 0.01f));
            Assert.Equal(before, model.Parameters.Values.ToArray());
            step.Cancellation = default;
            step.Run(batch.Starts, model.Spec.Window, 1, 0.01f);
            return model.Parameters.Values.ToArray();
        });
        Assert.All(parameters, values => Assert.Equal(parameters[0], values));
        Assert.NotEqual(Model(new ModelSpec()).Parameters.Values.ToArray(), parameters[0]);
    }

    [Fact]
    public void Run_TwoProcesses_SendEachGradientAndEachParameterOnce()
    {
        long[] sent = ThreadGroup.Run(2, group =>
        {
            LanguageModel model = Model(new ModelSpec());
            RandomBatch batch = new(model, Batch);
            using TrainingStep step = new(model, batch.Ids, new TrainingOptions { BatchSize = Batch }, processes: group);
            step.Run(batch.Starts, model.Spec.Window, 1, 0.01f);
            // Pieces are whole chunks of 4,096 parameters, and the losses and the norm are small.
            long ideal = sizeof(float) * (long)model.Parameters.Values.Length;
            Assert.InRange(group.SentBytes, ideal, ideal + 2 * sizeof(float) * 4096 + 1000);
            return group.SentBytes;
        });
        Assert.Equal(sent[0], sent[1]);
    }

    private static void AssertSameBits(int size, ModelSpec spec, TrainingOptions options)
    {
        Result one = Train(spec, options, processes: null);
        Result[] many = ThreadGroup.Run(size, group => Train(spec, options, group));
        foreach (Result result in many)
        {
            Assert.Equal(one.Losses, result.Losses);
            Assert.Equal(one.Norms, result.Norms);
            Assert.Equal(one.Parameters, result.Parameters);
            Assert.Equal(one.Arrays, result.Arrays);
        }
    }

    /// <summary>Six steps, for windows with smaller and smaller batches, so that in the end not all processes have shards.</summary>
    private static Result Train(ModelSpec spec, TrainingOptions options, IProcessGroup? processes)
    {
        LanguageModel model = Model(spec);
        RandomBatch batch = new(model, Batch);
        using TrainingStep step = new(model, batch.Ids, options, processes: processes);
        int fewer = options.Objective == Objective.Windows ? 27 : 0;
        (double Loss, double Norm)[] steps = [.. Enumerable.Range(0, 6).Select(round =>
        {
            double loss = step.Run(batch.Starts.AsSpan(0, Batch - fewer * round), model.Spec.Window, round + 1, 0.01f).Loss;
            return (loss, step.GradientNorm);
        })];
        step.Complete();
        float[] arrays = [.. step.Moments.SelectMany(moment => moment.Values.ToArray()), .. step.States.ToArray()];
        return new(
            [.. steps.Select(result => result.Loss)], [.. steps.Select(result => result.Norm)], step.Parameters.ToArray(), arrays);
    }

    private static LanguageModel Model(ModelSpec spec) =>
        LanguageModel.Create(spec with { HiddenSize = 40, Window = 7 }, ModelPair.VocabularyOf(19), seed: 1);

    private sealed record Result(double[] Losses, double[] Norms, float[] Parameters, float[] Arrays);
}
