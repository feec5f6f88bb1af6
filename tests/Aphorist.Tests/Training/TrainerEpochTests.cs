using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>The results of an epoch: its event and its weights.</summary>
public sealed class TrainerEpochTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task RunAsync_LastBatchIsSmaller_LossAndAccuracyAreMeansOverWindows()
    {
        LanguageModel model = TinyTraining.Model(), twin = TinyTraining.Model();
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, TinyTraining.Options with { Epochs = 1 });
        int[] ids = TinyTraining.Ids(twin);
        using TrainingStep step = new(twin, ids, TinyTraining.Options);
        BatchPlan plan = TrainingSplit.Create(ids.Length, TinyTraining.Window, TinyTraining.Options).Plan;
        plan.StartEpoch(epoch: 1);
        (double Loss, int Correct)[] batches = [.. Enumerable.Range(0, plan.BatchCount).Select(number =>
            step.Run(plan.GetBatch(number, out int steps), steps, number + 1, 0.01f))];
        EpochCompleted epoch = Assert.Single(events.OfType<EpochCompleted>());
        Assert.Equal(25, plan.GetBatch(plan.BatchCount - 1, out _).Length);
        Assert.Equal(batches.Sum(batch => batch.Loss) / 665, epoch.Loss);
        Assert.Equal(batches.Sum(batch => batch.Correct) / 665.0, epoch.Accuracy);
        Assert.Equal(twin.Parameters.Values, model.Parameters.Values);
        Assert.Null(epoch.ValidationLoss);
    }

    [Fact]
    public async Task RunAsync_PartHeldOut_IsEvaluatedWithTheModelAfterTheEpoch()
    {
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, TinyTraining.Options with { ValidationShare = 0.2 });
        int[] ids = TinyTraining.Ids(model);
        TrainingOptions options = TinyTraining.Options with { ValidationShare = 0.2 };
        ValidationWindows held = TrainingSplit.Create(ids.Length, TinyTraining.Window, options).ValidationWindows;
        using TrainingStep step = new(model, ids, TinyTraining.Options);
        step.Evaluator.RefreshWeights();
        Evaluation expected = step.Evaluator.EvaluateWindows(ids, held.Count, held.GetStart, TestContext.Current.CancellationToken);
        EpochCompleted last = events.OfType<EpochCompleted>().Last();
        Assert.Equal(133, held.Count);
        TrainingStarted begun = Assert.Single(events.OfType<TrainingStarted>());
        Assert.Equal((532L, 133L), (begun.Predictions, begun.ValidationPredictions));
        Assert.Equal(133, expected.Count);
        Assert.Equal(expected.LossPerToken, last.ValidationLoss);
        Assert.Equal(expected.Accuracy, last.ValidationAccuracy);
    }

    [Fact]
    public async Task RunAsync_EpochWorseThanBefore_BestModelStaysTheBestEpochs()
    {
        LanguageModel model = TinyTraining.Model();
        RunFolder folder = RunFolder.Create(temporary["run"]);
        List<float[]> weights = [];
        TrainingOptions options = TinyTraining.Options with { ValidationShare = 0.2 };
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, options, folder, happened =>
        {
            if (happened is not EpochCompleted epoch) return;
            weights.Add(model.Parameters.Values.ToArray());
            // Without weights the third epoch begins from nothing, and cannot reach the second.
            if (epoch.Epoch == 2) model.Parameters.Values.Clear();
        });
        Assert.Equal([true, true, false], events.OfType<EpochCompleted>().Select(epoch => epoch.IsBest));
        LanguageModel best = LanguageModel.Load(folder.BestModel), last = LanguageModel.Load(folder.LastModel);
        Assert.Equal((2, 3), (best.Training!.Epochs, last.Training!.Epochs));
        Assert.Equal(weights[1], best.Parameters.Values);
        Assert.Equal(weights[2], last.Parameters.Values);
        Assert.Equal(events.OfType<EpochCompleted>(), MetricsFile.Read(folder.Metrics));
    }

    [Fact]
    public async Task RunAsync_LowerValidationLossButHigherLoss_IsBest()
    {
        LanguageModel model = TinyTraining.Model(), trained = TinyTraining.Model();
        await TinyTraining.RunAsync(trained, TinyTraining.Options with { Epochs = 10 });
        TrainingOptions options = TinyTraining.CheckpointEveryBatch with { Epochs = 2, ValidationShare = 0.3, DivergenceGuard = false };
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, options, listen: happened =>
        {
            if (happened is not TrainingProgress { Epoch: 2 } progress) return;
            // In the second epoch every batch but the last guesses, and so costs more than in the first epoch. The last one has trained
            // weights.
            if (progress.Batch < progress.BatchCount - 1) model.Parameters.Values.Clear();
            else if (progress.Batch == progress.BatchCount - 1) trained.Parameters.Values.CopyTo(model.Parameters.Values);
        });
        EpochCompleted[] epochs = [.. events.OfType<EpochCompleted>()];
        Assert.True(epochs[1].Loss > epochs[0].Loss, $"The training loss fell from {epochs[0].Loss} to {epochs[1].Loss}.");
        (double? first, double? second) = (epochs[0].ValidationLoss, epochs[1].ValidationLoss);
        Assert.True(second < first, $"The validation loss rose from {first} to {second}.");
        Assert.Equal([true, true], epochs.Select(epoch => epoch.IsBest));
    }

    [Fact]
    public async Task RunAsync_ManyEpochs_BestIsTheLowestValidationLossSoFar()
    {
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await TinyTraining.RunAsync(
            model, TinyTraining.Options with { Epochs = 20, ValidationShare = 0.3, LearningRate = 0.1 });
        double best = double.PositiveInfinity;
        foreach (EpochCompleted epoch in events.OfType<EpochCompleted>())
        {
            Assert.Equal(epoch.ValidationLoss < best, epoch.IsBest);
            best = Math.Min(best, epoch.ValidationLoss!.Value);
        }
    }

    [Fact]
    public async Task RunAsync_Done_ModelKnowsHowItWasTrained()
    {
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await TinyTraining.RunAsync(
            model, TinyTraining.Options with { ValidationShare = 0.2, Preset = "tiny-preset" });
        EpochCompleted last = events.OfType<EpochCompleted>().Last();
        TrainingRecord expected = new()
        {
            Corpus = "tiny",
            CorpusSha256 = TinyTraining.Corpus.Sha256,
            Preset = "tiny-preset",
            Seed = 1,
            Epochs = 3,
            Loss = last.Loss,
            ValidationLoss = last.ValidationLoss,
            Version = ModelFileInfo.LibraryVersion,
        };
        Assert.Equal(expected, model.Training);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task RunAsync_TwoEpochs_BitsDoNotDependOnThreads(int threads)
    {
        LanguageModel one = TinyTraining.Model(), many = TinyTraining.Model();
        TrainingOptions options = TinyTraining.Options with { Epochs = 2, BatchSize = 128, ValidationShare = 0.1 };
        List<TrainingEvent> expected = await TinyTraining.RunAsync(one, options), events = await TinyTraining.RunAsync(
            many, options with { Threads = threads });
        Assert.Equal(one.Parameters.Values, many.Parameters.Values);
        Assert.Equal(Losses(expected), Losses(events));
    }

    private static IEnumerable<(double, double?)> Losses(List<TrainingEvent> events) =>
        events.OfType<EpochCompleted>().Select(epoch => (epoch.Loss, epoch.ValidationLoss));
}
