using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>The metrics of training steps: the events, and the file steps.csv of a run.</summary>
public sealed class StepMetricsTests : IDisposable
{
    private static readonly TrainingOptions EveryStep = TinyTraining.Options with { StepMetricsInterval = TimeSpan.Zero };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task RunAsync_RowForEveryStep_HasItsNumbers()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        List<TrainingEvent> events = await TinyTraining.RunAsync(EveryStep with { Schedule = LearningRateSchedule.Cosine }, folder);
        StepsCompleted[] rows = [.. events.OfType<StepsCompleted>()];
        EpochCompleted[] epochs = [.. events.OfType<EpochCompleted>()];

        int[] steps = [.. Enumerable.Range(1, 3 * TinyTraining.BatchCount)];
        Assert.Equal(steps.Select(step => (long)step), rows.Select(row => row.Step));
        Assert.All(rows, row => Assert.Equal((double)row.Step / TinyTraining.BatchCount, row.Epoch, 1e-12));
        Assert.Equal(steps.Select(step => TinyTraining.Window * PredictionsUpTo(step)), rows.Select(row => row.Tokens));
        Assert.Equal(epochs.Sum(epoch => epoch.Seconds), rows[^1].Seconds, 1e-9);
        Assert.Equal(0.01, rows[0].LearningRate);
        Assert.All(rows.Zip(rows[1..]), pair =>
        {
            Assert.True(pair.Second.Seconds > pair.First.Seconds);
            Assert.True(pair.Second.LearningRate < pair.First.LearningRate);
            Assert.True(pair.Second is { GradientNorm: > 0, CharactersPerSecond: > 0 });
        });
        foreach (EpochCompleted epoch in epochs)
        {
            IEnumerable<StepsCompleted> own = rows.Skip((epoch.Epoch - 1) * TinyTraining.BatchCount).Take(TinyTraining.BatchCount);
            double sum = own.Sum(row => row.Loss * (PredictionsUpTo((int)row.Step) - PredictionsUpTo((int)row.Step - 1)));
            Assert.Equal(epoch.Loss, sum / TinyTraining.WindowCount, 1e-12);
        }

        Assert.Equal(rows, StepsFile.Read(folder.Steps));
        Assert.Equal(rows, TrainingRun.ReadStepsFile(folder.Steps));
    }

    [Fact]
    public async Task RunAsync_ShorterThanARow_HasOneRowOfAllSteps()
    {
        List<TrainingEvent> events = await TinyTraining.RunAsync(TinyTraining.Options);

        StepsCompleted row = Assert.Single(events.OfType<StepsCompleted>());
        Assert.Equal((3L * TinyTraining.BatchCount, 3.0), (row.Step, row.Epoch));
        Assert.Equal(events.OfType<EpochCompleted>().Average(epoch => epoch.Loss), row.Loss, 1e-12);
        Assert.True(events.IndexOf(row) < events.FindIndex(happened => happened is EpochCompleted { Epoch: 3 }));
    }

    [Fact]
    public async Task RunAsync_RowForEveryStep_ChangesNoWeightAndHidesNoOtherEvent()
    {
        LanguageModel plain = TinyTraining.Model(), measured = TinyTraining.Model();
        await TinyTraining.RunAsync(plain, TinyTraining.Options);
        List<TrainingEvent> events = await TinyTraining.RunAsync(
            measured, EveryStep with { CheckpointInterval = TimeSpan.Zero }, RunFolder.Create(temporary["run"]));

        Assert.Equal(plain.Parameters.Values, measured.Parameters.Values);
        Assert.Equal(3 * TinyTraining.BatchCount, events.OfType<TrainingProgress>().Count());
        Assert.Equal(3 * (TinyTraining.BatchCount + 1), events.OfType<CheckpointSaved>().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Run_AnyClipping_GradientNormIsThatBeforeIt(double clipNorm)
    {
        LanguageModel model = TinyTraining.Model();
        RandomBatch batch = new(model, 40);
        TrainingOptions options = new() { BatchSize = 40, Threads = 2, ClipNorm = clipNorm / 1000 };
        using TrainingStep step = new(model, batch.Ids, options);
        step.Run(batch.Starts, TinyTraining.Window, number: 1, learningRate: 0.01f);

        double expected = Math.Sqrt(step.Gradient.ToArray().Sum(value => (double)value * value));
        Assert.True(expected > 0.005, "The gradient is not clipped.");
        Assert.Equal(expected, step.GradientNorm, 1e-6 * expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(TinyTraining.BatchCount + 3)]
    [InlineData(2 * TinyTraining.BatchCount + 1)]
    public async Task RunAsync_KilledAfterSomeSteps_ResumesWithoutMissingOrRepeatedRows(int killedAfter)
    {
        // Without checkpoints within the epoch, so that its steps are trained again.
        RunFolder whole = RunFolder.Create(temporary["whole"]), killed = RunFolder.Create(temporary["killed"]);
        await TinyTraining.RunAsync(EveryStep, whole);
        Trainer trainer = new(TinyTraining.Model(), TinyTraining.Corpus, EveryStep);
        await foreach (TrainingEvent happened in trainer.RunAsync(killed, TestContext.Current.CancellationToken))
            if (happened is StepsCompleted row && row.Step == killedAfter) break;
        Assert.Equal(killedAfter, StepsFile.Read(killed.Steps).Count);

        await TinyTraining.RunAsync(EveryStep, killed);
        Assert.Equal(StepsFile.Read(whole.Steps).Select(Untimed), StepsFile.Read(killed.Steps).Select(Untimed));
    }

    [Fact]
    public async Task RunAsync_InterruptedWithinARow_ResumesToTheSameRow()
    {
        RunFolder whole = RunFolder.Create(temporary["whole"]), interrupted = RunFolder.Create(temporary["interrupted"]);
        await TinyTraining.RunAsync(TinyTraining.CheckpointEveryBatch, whole);
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TinyTraining.RunAsync(
            TinyTraining.Model(),
            TinyTraining.CheckpointEveryBatch,
            interrupted,
            happened =>
            {
                if (happened is TrainingProgress { Epoch: 2, Batch: 4 }) cancellation.Cancel();
            },
            cancellation));
        Assert.False(File.Exists(interrupted.Steps));

        await TinyTraining.RunAsync(TinyTraining.CheckpointEveryBatch, interrupted);
        Assert.Equal(Untimed(Assert.Single(StepsFile.Read(whole.Steps))), Untimed(Assert.Single(StepsFile.Read(interrupted.Steps))));
    }

    [Fact]
    public async Task RunAsync_Divergence_RemovesTheRowsOfStepsThatAreTrainedAgain()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        LanguageModel model = TinyTraining.Model();
        bool isPoisoned = false;
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, EveryStep, folder, happened =>
        {
            if (isPoisoned || happened is not StepsCompleted { Step: TinyTraining.BatchCount + 5 }) return;
            isPoisoned = true;
            model.Parameters.Values.Fill(float.NaN);
        });

        Assert.Single(events.OfType<DivergenceDetected>());
        IReadOnlyList<StepsCompleted> rows = StepsFile.Read(folder.Steps);
        Assert.Equal(Enumerable.Range(1, 3 * TinyTraining.BatchCount).Select(step => (long)step), rows.Select(row => row.Step));
        Assert.Equal((long)3 * TinyTraining.WindowCount * TinyTraining.Window, rows[^1].Tokens);
        Assert.Equal([0.01, 0.005], rows.Select(row => row.LearningRate).Distinct());
    }

    [Fact]
    public async Task RunAsync_DivergenceAfterAnEpochThatWasNotGood_KeepsItsRows()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        LanguageModel model = TinyTraining.Model();
        float[] good = [], restored = [];
        bool isPoisoned = false;
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, EveryStep with { Epochs = 4 }, folder, happened =>
        {
            if (happened is DivergenceDetected) restored = model.Parameters.Values.ToArray();
            if (happened is EpochCompleted { Epoch: 2 })
            {
                good = model.Parameters.Values.ToArray();
                // The loss of the next epoch is higher, but not so high that training returns at once.
                model.Parameters.Values.Clear();
            }

            if (isPoisoned || happened is not StepsCompleted { Step: 3 * TinyTraining.BatchCount + 5 }) return;
            isPoisoned = true;
            model.Parameters.Values.Fill(float.NaN);
        });

        Assert.Equal(4, Assert.Single(events.OfType<DivergenceDetected>()).Epoch);
        // Those after the third epoch were not good.
        Assert.Equal(good, restored);
        IReadOnlyList<StepsCompleted> rows = StepsFile.Read(folder.Steps);
        Assert.Equal(Enumerable.Range(1, 4 * TinyTraining.BatchCount).Select(step => (long)step), rows.Select(row => row.Step));
        Assert.All(rows, row => Assert.Equal((double)row.Step / TinyTraining.BatchCount, row.Epoch, 1e-12));
        Assert.Equal(4L * TinyTraining.WindowCount * TinyTraining.Window, rows[^1].Tokens);
    }

    [Fact]
    public async Task RunAsync_StepsWithoutACheckpoint_AreNotOverwritten()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        await TinyTraining.RunAsync(EveryStep, folder);
        string steps = await File.ReadAllTextAsync(folder.Steps, TestContext.Current.CancellationToken);
        foreach (string file in (string[])[folder.Checkpoint, folder.BestModel, folder.LastModel, folder.Metrics]) File.Delete(file);

        await Assert.ThrowsAsync<TrainingRunException>(() => TinyTraining.RunAsync(EveryStep, folder));
        Assert.Equal(steps, await File.ReadAllTextAsync(folder.Steps, TestContext.Current.CancellationToken));
    }

    private static long PredictionsUpTo(int step)
    {
        (int epochs, int batches) = Math.DivRem(step, TinyTraining.BatchCount);
        return epochs * TinyTraining.WindowCount + batches * TinyTraining.Options.BatchSize;
    }

    private static StepsCompleted Untimed(StepsCompleted row) => row with { Seconds = 0, CharactersPerSecond = 0 };
}
