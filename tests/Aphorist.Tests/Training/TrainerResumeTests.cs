using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>A run that was stopped and resumed gives exactly the same result as an uninterrupted run.</summary>
public sealed class TrainerResumeTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.CheckpointEveryBatch with { ValidationShare = 0.1 };

    private readonly TemporaryFolder temporary = new();

    private string Interrupted => temporary["interrupted"];

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(2, 10)]
    [InlineData(3, 9)]
    public async Task RunAsync_CancelledWithinAnEpoch_ResumesToTheSameBits(int epoch, int batch)
    {
        RunFolder folder = RunFolder.Create(Interrupted);
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TinyTraining.RunAsync(
            TinyTraining.Model(),
            Options,
            folder,
            happened =>
            {
                if (happened is not TrainingProgress progress || (progress.Epoch, progress.Batch) != (epoch, batch)) return;
                cancellation.Cancel();
                // The batch's own checkpoint: another one must follow.
                File.Delete(folder.Checkpoint);
            },
            cancellation));
        Assert.True(File.Exists(folder.Checkpoint));

        await AssertResumesToTheSameBits();
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeItBegan_SavesACheckpoint()
    {
        RunFolder folder = RunFolder.Create(Interrupted);
        List<TrainingEvent> events = [];
        using CancellationTokenSource cancellation = new();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TinyTraining.RunAsync(TinyTraining.Model(), Options, folder, events.Add, cancellation));
        Assert.Equal([typeof(TrainingStarted), typeof(CheckpointSaved)], events.Select(happened => happened.GetType()));

        await AssertResumesToTheSameBits();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(40)]
    public async Task RunAsync_AbandonedAfterSomeEvents_ResumesToTheSameBits(int count)
    {
        RunFolder folder = RunFolder.Create(Interrupted);
        await RunSomeEvents(folder, count);
        await AssertResumesToTheSameBits();
    }

    [Fact]
    public async Task RunAsync_KilledBetweenModelsAndCheckpoint_RepeatsTheEpochToTheSameBits()
    {
        RunFolder folder = RunFolder.Create(Interrupted);
        string early = temporary["early.safetensors"];
        await TinyTraining.RunAsync(Options with { Epochs = 2 }, folder, happened =>
        {
            if (happened is TrainingProgress { Epoch: 2, Batch: 3 }) File.Copy(folder.Checkpoint, early);
        });
        File.Copy(early, folder.Checkpoint, overwrite: true);

        await AssertResumesToTheSameBits();
    }

    [Fact]
    public async Task RunAsync_AfterADivergence_ResumesToTheSameBits()
    {
        string[] paths = [temporary["whole"], Interrupted];
        foreach (string path in paths)
        {
            RunFolder folder = RunFolder.Create(path);
            LanguageModel model = TinyTraining.Model();
            await TinyTraining.RunAsync(model, Options with { Epochs = path == Interrupted ? 2 : 3 }, folder, happened =>
            {
                if (happened is EpochCompleted { Epoch: 1 }) model.Parameters.Values.Fill(float.NaN);
            });
        }

        await Resume(paths[1], Options);
        AssertSame(paths[0], paths[1]);
    }

    [Fact]
    public async Task RunAsync_RunIsDone_TellsSoAndRestoresTheModel()
    {
        LanguageModel trained = TinyTraining.Model(), restored = TinyTraining.Model();
        RunFolder folder = RunFolder.Create(Interrupted);
        await TinyTraining.RunAsync(trained, Options, folder);
        List<TrainingEvent> events = await TinyTraining.RunAsync(restored, Options, folder);
        Assert.Equal([typeof(TrainingStarted), typeof(TrainingCompleted)], events.Select(happened => happened.GetType()));
        Assert.Equal(3, ((TrainingStarted)events[0]).CompletedEpochs);
        Assert.Equal(trained.Parameters.Values, restored.Parameters.Values);
        Assert.Equal(trained.Training, restored.Training);
    }

    private static async Task RunSomeEvents(RunFolder folder, int count)
    {
        Trainer trainer = new(TinyTraining.Model(), TinyTraining.Corpus, Options);
        await foreach (TrainingEvent _ in trainer.RunAsync(folder, TestContext.Current.CancellationToken))
        {
            if (--count == 0) return;
        }
    }

    private async Task AssertResumesToTheSameBits()
    {
        string whole = temporary["whole"];
        RunFolder folder = RunFolder.Create(whole);
        await TinyTraining.RunAsync(Options with { CheckpointInterval = TimeSpan.FromHours(1) }, folder);
        await Resume(Interrupted, Options with { CheckpointInterval = TimeSpan.FromHours(1), Threads = 2 });
        AssertSame(whole, Interrupted);
    }

    private static async Task Resume(string path, TrainingOptions options)
    {
        RunFolder folder = new(path);
        await TinyTraining.RunAsync(options, folder);
    }

    private static void AssertSame(string expected, string path)
    {
        foreach (string file in (string[])["model.safetensors", "last.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected, file)), File.ReadAllBytes(Path.Combine(path, file)));
        Assert.Equal(Epochs(expected), Epochs(path));
    }

    /// <summary>The lines of the metrics, apart from how long they took.</summary>
    private static IEnumerable<EpochCompleted> Epochs(string path) =>
        MetricsFile.Read(Path.Combine(path, "metrics.csv")).Select(epoch => epoch with { Seconds = 0, CharactersPerSecond = 0 });
}
