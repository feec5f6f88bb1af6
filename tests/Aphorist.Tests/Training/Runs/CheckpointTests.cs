using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

/// <summary>Checkpoints that a run must not go on from.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly RunFolder folder;

    public CheckpointTests() => folder = RunFolder.Create(temporary["run"]);

    public void Dispose()
    {
        folder.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public async Task RunAsync_OtherCorpus_IsRefused()
    {
        await TrainOneEpoch();
        Trainer trainer = new(TinyTraining.Model(), TinyTraining.OtherCorpus, TinyTraining.Options);
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Begin(trainer));
        Assert.Equal("The corpus is not the one this run was begun with; resume with the same text, or begin a new run.", error.Message);
    }

    [Fact]
    public async Task RunAsync_OtherOptions_IsRefused()
    {
        await TrainOneEpoch();
        TrainingOptions options = TinyTraining.Options;
        foreach (TrainingOptions other in (TrainingOptions[])
            [options with { Seed = 2 }, options with { Stride = 2 }, options with { BatchSize = 32 }, options with { LearningRate = 0.02 },
            options with { ValidationShare = 0.1 }, options with { DivergenceGuard = false }, options with { EmaDecay = 0.9 }])
        {
            ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => TinyTraining.RunAsync(other, folder));
            Assert.Contains("resume with the same options, or begin a new run.", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunAsync_MoreEpochsAndThreads_GoesOn()
    {
        await TrainOneEpoch();
        List<TrainingEvent> events = await TinyTraining.RunAsync(TinyTraining.Options with { Epochs = 2, Threads = 2 }, folder);
        Assert.Equal(2, Assert.Single(events.OfType<EpochCompleted>()).Epoch);
    }

    [Fact]
    public async Task RunAsync_TruncatedCheckpoint_SaysWhichFile()
    {
        await TrainOneEpoch();
        byte[] bytes = await File.ReadAllBytesAsync(folder.Checkpoint, TestContext.Current.CancellationToken);
        foreach (int length in (int[])[0, 7, 100, bytes.Length / 2, bytes.Length - 1])
        {
            await File.WriteAllBytesAsync(folder.Checkpoint, bytes[..length], TestContext.Current.CancellationToken);
            Assert.Equal(folder.Checkpoint, (await Refusal()).Path);
        }
    }

    [Fact]
    public async Task RunAsync_ModelInPlaceOfTheCheckpoint_SaysSo()
    {
        TinyTraining.Model().Save(folder.Checkpoint);
        Assert.Contains("it is no checkpoint of a training run", (await Refusal()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"Identity\":1}")]
    [InlineData("{\"Identity\":null}")]
    [InlineData("{\"Identity\":{\"CorpusSha256\":\"00\",\"Model\":null,\"Training\":{}}}")]
    public async Task RunAsync_DamagedState_SaysSo(string state)
    {
        using (SafetensorsWriter file = new(folder.Checkpoint))
        {
            file.SetMetadata("aphorist.training", state);
            file.Declare("parameters", 1);
            file.Write("parameters", (float[])[1]);
            file.Commit();
        }

        Assert.Contains("its training state is damaged", (await Refusal()).Message, StringComparison.Ordinal);
    }

    private async Task<ModelFileException> Refusal() =>
        await Assert.ThrowsAsync<ModelFileException>(() => TinyTraining.RunAsync(TinyTraining.Options, folder));

    private async Task TrainOneEpoch() => await TinyTraining.RunAsync(TinyTraining.Options with { Epochs = 1 }, folder);

    private async Task Begin(Trainer trainer)
    {
        await foreach (TrainingEvent _ in trainer.RunAsync(folder, TestContext.Current.CancellationToken)) return;
    }
}
