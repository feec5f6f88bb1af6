using Aphorist.Tests.Model;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>The exponential moving average of the weights, step by step and in whole runs.</summary>
public sealed class WeightAverageTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.CheckpointEveryBatch with
    {
        Objective = Objective.Stream,
        BatchSize = 10,
        SequenceLength = 9,
        Optimizer = OptimizerKind.Adam,
        EmaDecay = 0.9,
        ValidationShare = 0.2,
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.99)]
    public void Run_SeveralSteps_FollowsTheFormulaAndTrainsAsWithoutAverage(double decay)
    {
        TrainingOptions options = new() { BatchSize = 60, Threads = 2, EmaDecay = decay };
        LanguageModel plain = Model(), averaged = Model();
        RandomBatch batch = new(plain, 60);
        using TrainingStep step = new(plain, batch.Ids, options with { EmaDecay = 0 });
        using TrainingStep averagingStep = new(averaged, batch.Ids, options);
        double[] expected = [.. plain.Parameters.Values.ToArray().Select(value => (double)value)];
        for (int number = 1; number <= 30; number++)
        {
            Assert.Equal(
                step.Run(batch.Starts, plain.Spec.Window, number, 0.01f),
                averagingStep.Run(batch.Starts, plain.Spec.Window, number, 0.01f));
            double kept = Math.Min(decay, (1 + (number - 1)) / (10.0 + (number - 1)));
            for (int index = 0; index < expected.Length; index++)
                expected[index] = kept * expected[index] + (1 - kept) * plain.Parameters.Values[index];
            Assert.Equal(plain.Parameters.Values, averagingStep.Parameters.Span);
            Tolerance.AssertClose(expected, averaged.Parameters.Values, Tolerance.OfChain(3 * number), $"average after step {number}");
        }
    }

    [Fact]
    public async Task RunAsync_OtherThreads_EndsWithTheSameBits()
    {
        LanguageModel one = TinyTraining.Model();
        await TinyTraining.RunAsync(one, Options);
        foreach (int threads in (int[])[2, 4])
        {
            LanguageModel many = TinyTraining.Model();
            await TinyTraining.RunAsync(many, Options with { Threads = threads });
            Assert.Equal(one.Parameters.Values, many.Parameters.Values);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    [InlineData(41)]
    public async Task RunAsync_AbandonedAfterSomeEvents_ResumesToTheSameBits(int count)
    {
        LanguageModel whole = TinyTraining.Model(), resumed = TinyTraining.Model();
        await TinyTraining.RunAsync(whole, Options);
        RunFolder folder = RunFolder.Create(temporary["run"]);
        int left = count;
        Trainer trainer = new(TinyTraining.Model(), TinyTraining.Corpus, Options);
        await foreach (TrainingEvent _ in trainer.RunAsync(folder, TestContext.Current.CancellationToken))
            if (--left == 0) break;
        await TinyTraining.RunAsync(resumed, Options, folder);
        Assert.Equal(whole.Parameters.Values, resumed.Parameters.Values);
        Assert.Equal(whole.Parameters.Values, LanguageModel.Load(folder.LastModel).Parameters.Values);
    }

    [Fact]
    public async Task RunAsync_ListenersFilesAndValidation_HaveTheAverage()
    {
        LanguageModel model = TinyTraining.Model(), plain = TinyTraining.Model();
        RunFolder folder = RunFolder.Create(temporary["run"]);
        EvaluationOptions heldOut = new() { TailShare = 0.2 };
        await TinyTraining.RunAsync(model, Options, folder, happened =>
        {
            if (happened is not EpochCompleted epoch) return;
            Assert.Equal(model.Parameters.Values, LanguageModel.Load(folder.LastModel).Parameters.Values);
            if (epoch.IsBest) Assert.Equal(model.Parameters.Values, LanguageModel.Load(folder.BestModel).Parameters.Values);
            Assert.Equal(
                epoch.ValidationLoss, model.Evaluate(TinyTraining.Corpus, heldOut, TestContext.Current.CancellationToken).LossPerToken);
        });
        List<TrainingEvent> events = await TinyTraining.RunAsync(plain, Options with { EmaDecay = 0 });
        Assert.NotEqual(plain.Parameters.Values.ToArray(), model.Parameters.Values.ToArray());
        Evaluation evaluation = model.Evaluate(TinyTraining.Corpus, heldOut, TestContext.Current.CancellationToken);
        Assert.NotEqual(events.OfType<EpochCompleted>().Last().ValidationLoss, evaluation.LossPerToken);
    }

    [Fact]
    public async Task RunAsync_AverageIsPoisoned_ReturnsToTheGoodOne()
    {
        LanguageModel model = TinyTraining.Model();
        float[] good = [], restored = [];
        await TinyTraining.RunAsync(model, Options, listen: happened =>
        {
            if (happened is DivergenceDetected) restored = model.Parameters.Values.ToArray();
            if (happened is not EpochCompleted { Epoch: 1 }) return;
            good = model.Parameters.Values.ToArray();
            model.Parameters.Values.Fill(float.NaN);
        });
        Assert.NotEmpty(good);
        Assert.Equal(good, restored);
    }

    private static LanguageModel Model() => ModelPair.Initial(19, 30, 7, GateActivation.HardSigmoid).Engine;
}
