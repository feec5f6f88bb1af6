using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

/// <summary>Checkpoints from which a run must not resume.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly RunFolder folder;

    public CheckpointTests() => folder = RunFolder.Create(temporary["run"]);

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task RunAsync_OtherCorpus_IsRefused()
    {
        await TrainOneEpoch();
        Trainer trainer = new(TinyTraining.Model(), TinyTraining.OtherCorpus, TinyTraining.Options);
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(() => Begin(trainer));
        Assert.Equal(
            $"The corpus is not the one that this run was started with: its SHA-256 is {TinyTraining.OtherCorpus.Sha256}, "
            + $"not {TinyTraining.Corpus.Sha256}. Restore the text, or start a new run.",
            error.Message);
        Assert.Equal(nameof(TrainingRunOptions.CorpusSha256), error.PropertyName);
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
            InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(() => TinyTraining.RunAsync(other, folder));
            Assert.EndsWith("Resume it with the same value, or start a new run.", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Gates", GateActivation.HardSigmoid, GateActivation.Sigmoid, "Gates hard-sigmoid, not with sigmoid")]
    [InlineData("Gates", GateActivation.Sigmoid, GateActivation.HardSigmoid, "Gates sigmoid, not with hard-sigmoid")]
    public async Task RunAsync_GruOfOtherGates_IsRefused(string property, GateActivation begun, GateActivation requested, string difference)
    {
        await TinyTraining.RunAsync(Gru(begun), TinyTraining.Options with { Epochs = 1 }, folder);

        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => TinyTraining.RunAsync(Gru(requested), TinyTraining.Options, folder));

        Assert.StartsWith($"This run was started with {difference}.", error.Message, StringComparison.Ordinal);
        Assert.Equal(property, error.PropertyName);
    }

    [Fact]
    public async Task RunAsync_MoreEpochsAndThreads_Resumes()
    {
        await TrainOneEpoch();
        List<TrainingEvent> events = await TinyTraining.RunAsync(TinyTraining.Options with { Epochs = 2, Threads = 2 }, folder);
        Assert.Equal(2, Assert.Single(events.OfType<EpochCompleted>()).Epoch);
    }

    [Fact]
    public void EnsureSame_OptionsThatMayChangeWereStored_IgnoresThem()
    {
        TrainingOptions options = TinyTraining.Options with { Schedule = LearningRateSchedule.Cosine };
        RunIdentity requested = RunIdentity.Create("00", null, new ModelSpec(), options);
        // As an earlier version stored it.
        RunIdentity begun = requested with { Training = requested.Training with { Epochs = 1000, Threads = 3 } };

        begun.EnsureSame(requested);
        requested.EnsureSame(begun);
        Assert.Throws<InvalidOptionsException>(() => begun.EnsureSame(requested with { Training = options with { Seed = 2 } }));
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
        Assert.Contains("it is not a checkpoint of a training run", (await Refusal()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"Identity\":1}")]
    [InlineData("{\"Identity\":null}")]
    [InlineData("{\"FormatVersion\":\"1\"}")]
    [InlineData("{\"FormatVersion\":1,\"Identity\":null}")]
    [InlineData("{\"FormatVersion\":1,\"Identity\":{\"CorpusSha256\":\"00\",\"Model\":null,\"Training\":{}}}")]
    public async Task RunAsync_DamagedState_SaysSo(string state)
    {
        WriteCheckpoint(state);
        Assert.Contains("its training state is damaged", (await Refusal()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task RunAsync_CheckpointOfAnotherFormatVersion_IsRefused(int version)
    {
        WriteCheckpoint($"{{\"FormatVersion\":{version},\"New\":true}}");
        Assert.Contains(
            $"it has format version {version}, but this version of Aphorist reads version 1",
            (await Refusal()).Message,
            StringComparison.Ordinal);
    }

    private static LanguageModel Gru(GateActivation gates)
    {
        ModelSpec spec = new() { Architecture = Architecture.Gru, Gates = gates, HiddenSize = 8, Window = TinyTraining.Window };
        return LanguageModel.Create(spec, CharacterTokenizer.Create(TinyTraining.Corpus), seed: 1);
    }

    private void WriteCheckpoint(string state)
    {
        using SafetensorsWriter file = new(folder.Checkpoint);
        file.SetMetadata("aphorist.training", state);
        file.Declare("parameters", 1);
        file.Write("parameters", (float[])[1]);
        file.Commit();
    }

    private async Task<ModelFileException> Refusal() =>
        await Assert.ThrowsAsync<ModelFileException>(() => TinyTraining.RunAsync(TinyTraining.Options, folder));

    private async Task TrainOneEpoch() => await TinyTraining.RunAsync(TinyTraining.Options with { Epochs = 1 }, folder);

    private async Task Begin(Trainer trainer)
    {
        await foreach (TrainingEvent _ in trainer.RunAsync(folder, TestContext.Current.CancellationToken)) return;
    }
}
