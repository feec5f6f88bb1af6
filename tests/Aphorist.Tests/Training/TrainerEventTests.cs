using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class TrainerEventTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task RunAsync_CheckpointAfterEveryBatch_TellsEverythingInOrder()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        List<TrainingEvent> events = await TinyTraining.RunAsync(TinyTraining.CheckpointEveryBatch with { Epochs = 2 }, folder);
        List<string> expected = ["665 windows, 0 held out, 0 epochs done"];
        foreach (int epoch in (int[])[1, 2])
        {
            for (int batch = 1; batch <= TinyTraining.BatchCount; batch++) expected.AddRange(
                [$"epoch {epoch}, batch {batch} of 11", "checkpoint"]);
            if (epoch == 2) expected.Add("22 steps");
            expected.AddRange(["checkpoint", $"epoch {epoch} done"]);
        }

        Assert.Equal([.. expected, "2 epochs done"], events.Select(Describe));
    }

    [Fact]
    public async Task RunAsync_NoFolder_WritesNothingAndCompletes()
    {
        List<TrainingEvent> events = await TinyTraining.RunAsync(TinyTraining.Options);
        Assert.IsType<TrainingStarted>(events[0]);
        Assert.Equal([1, 2, 3], events.OfType<EpochCompleted>().Select(epoch => epoch.Epoch));
        Assert.Equal(3, Assert.IsType<TrainingCompleted>(events[^1]).Epochs);
        Assert.Empty(events.OfType<CheckpointSaved>());
    }

    [Fact]
    public async Task RunAsync_LastBatchOfAnEpoch_ProgressAgreesWithTheEpoch()
    {
        List<TrainingEvent> events = await TinyTraining.RunAsync(TinyTraining.CheckpointEveryBatch with { Epochs = 2 });
        TrainingProgress[] last = [.. events.OfType<TrainingProgress>().Where(progress => progress.Batch == TinyTraining.BatchCount)];
        EpochCompleted[] epochs = [.. events.OfType<EpochCompleted>()];
        Assert.Equal(epochs.Select(epoch => (epoch.Loss, epoch.Accuracy)), last.Select(progress => (progress.Loss, progress.Accuracy)));
        Assert.True(last[0].Remaining > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, last[1].Remaining);
        Assert.All(
            epochs, epoch => Assert.Equal(TinyTraining.WindowCount * TinyTraining.Window, epoch.CharactersPerSecond * epoch.Seconds, 1e-6));
        Assert.Equal(epochs.Sum(epoch => epoch.Seconds), Assert.IsType<TrainingCompleted>(events[^1]).Seconds);
    }

    private static string Describe(TrainingEvent happened) => happened switch
    {
        TrainingStarted started =>
            $"{started.Predictions} windows, {started.ValidationPredictions} held out, {started.CompletedEpochs} epochs done",
        TrainingProgress progress => $"epoch {progress.Epoch}, batch {progress.Batch} of {progress.BatchCount}",
        StepsCompleted steps => $"{steps.Step} steps",
        CheckpointSaved => "checkpoint",
        EpochCompleted epoch => $"epoch {epoch.Epoch} done",
        TrainingCompleted completed => $"{completed.Epochs} epochs done",
        _ => happened.ToString(),
    };
}
