using System.Diagnostics;
using System.Runtime.InteropServices;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

/// <summary>Creating, opening, listing and resuming runs on disk.</summary>
public sealed class TrainingRunTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.CheckpointEveryBatch with { Epochs = 2 };

    private readonly TemporaryFolder folder = new();

    private string RunPath => folder["runs/first"];

    private TrainingRunOptions RunOptions => new()
    {
        Corpus = [folder["tiny.txt"]],
        Model = new() { HiddenSize = 8, Window = TinyTraining.Window },
        Training = Options,
    };

    public TrainingRunTests() => folder.Write("tiny.txt", TinyTraining.Corpus.Text);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task CreateAsync_Options_TrainsAsTheTrainerDoes()
    {
        LanguageModel expected = TinyTraining.Model();
        await TinyTraining.RunAsync(expected, Options);
        using ActiveTrainingRun run = await CreateAsync();
        Assert.Equal(TinyTraining.Corpus.Sha256, run.Options.CorpusSha256);
        await TrainAsync(run);
        Assert.Equal(expected.Parameters.Values, run.Model.Parameters.Values);
        Assert.Equal(expected.Parameters.Values, LanguageModel.Load(run.LastModelPath).Parameters.Values);
        Assert.Equal(
            ["checkpoint.safetensors", "last.safetensors", "metrics.csv", "model.safetensors", "options.json", "steps.csv"],
            Directory.EnumerateFiles(RunPath).Select(Path.GetFileName).Where(name => name != ".lock").Order());
    }

    [Fact]
    public async Task RequestStop_WhileTraining_SavesACheckpointFromWhichTheRunGoesOn()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        TrainingRunOptions endless = RunOptions with { Training = Options with { Epochs = 1_000_000 } };
        using (ActiveTrainingRun run = await TrainingRun.CreateAsync(endless, RunPath, cancellationToken: cancellation))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                bool isAsked = false;
                await foreach (TrainingEvent happened in run.RunAsync(cancellation))
                {
                    if (happened is not EpochCompleted || isAsked) continue;
                    // Another process has only the folder.
                    TrainingRun.Open(RunPath).RequestStop();
                    isAsked = true;
                }
            });
        }

        int completed = TrainingRun.Open(RunPath).ReadStatus().CompletedEpochs;
        Assert.True(completed > 0);
        using ActiveTrainingRun resumed = await TrainingRun.ResumeAsync(
            RunPath, begun => begun with { Training = begun.Training with { Epochs = completed + 1 } }, cancellationToken: cancellation);
        await TrainAsync(resumed);
        LanguageModel expected = TinyTraining.Model();
        await TinyTraining.RunAsync(expected, Options with { Epochs = completed + 1 });
        Assert.Equal(expected.Parameters.Values, resumed.Model.Parameters.Values);
    }

    [Fact]
    public async Task CreateAsync_From_FineTunesTheModelWhateverTheShapeInTheOptions()
    {
        using (ActiveTrainingRun first = await CreateAsync()) await TrainAsync(first);
        folder.Write("other.txt", TinyTraining.OtherCorpus.Text + "0123");
        TrainingRunOptions options = new() { Corpus = [folder["other.txt"]], From = RunPath, Lowercase = true, Training = Options };
        string path = folder["runs/second"];
        using (
            ActiveTrainingRun run = await TrainingRun.CreateAsync(options, path, cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal((RunOptions.Model, false), (run.Options.Model, run.Options.Lowercase));
            Assert.Equal(CharacterTokenizer.Create(TinyTraining.Corpus).VocabularySize + 4, run.Model.Tokenizer.VocabularySize);
            Assert.Equal(run.Model.Parameters.Values, LanguageModel.Load(Path.Combine(path, "start.safetensors")).Parameters.Values);
            await TrainAsync(run);
        }

        // The model that it started from is not needed any more.
        Directory.Delete(RunPath, recursive: true);
        using ActiveTrainingRun resumed = await TrainingRun.ResumeAsync(path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2, Assert.IsType<TrainingStarted>((await TrainAsync(resumed))[0]).CompletedEpochs);
    }

    [Theory]
    [InlineData("options.json")]
    [InlineData("checkpoint.safetensors")]
    [InlineData("model.safetensors")]
    [InlineData("last.safetensors")]
    [InlineData("metrics.csv")]
    [InlineData("steps.csv")]
    [InlineData("start.safetensors")]
    [InlineData("standard-input.txt")]
    [InlineData("samples/epoch-001.txt")]
    public async Task CreateAsync_FolderWithARun_IsRefused(string file)
    {
        folder.Write("runs/first/" + file, "");
        TrainingRunException error = await Assert.ThrowsAsync<TrainingRunException>(CreateAsync);
        Assert.Equal($"The folder '{RunPath}' already holds a run. Resume that run, or choose another folder.", error.Message);
        Assert.Equal(RunPath, error.Path);
        Assert.False(File.Exists(Path.Combine(RunPath, ".lock")));
    }

    [Fact]
    public async Task CreateAsync_PathIsAFile_SaysSo()
    {
        File.WriteAllText(folder["runs"], "");
        Assert.Contains($"Cannot create the run folder '{RunPath}'", await CreateError(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_FolderNotWritable_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Permissions do not bind this user.");
        Directory.CreateDirectory(RunPath);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(RunPath, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Contains($"Cannot write to the run folder '{RunPath}'", await CreateError(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_CorpusNotLongerThanTheWindow_IsRefusedBeforeTheFolderIsCreated()
    {
        folder.Write("tiny.txt", "truth");
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(CreateAsync);
        Assert.Equal(
            "'tiny.txt' has 5 characters, but a window of 6 needs more than that. Use a longer text or a smaller Window.", error.Message);
        Assert.False(Directory.Exists(RunPath));
    }

    [Fact]
    public async Task CreateAsync_TwoAtOnce_OneIsRefused()
    {
        using ActiveTrainingRun run = await CreateAsync();
        Assert.True(File.Exists(Path.Combine(RunPath, ".lock")));
        string sentence = $"Another process is training in '{RunPath}'. Wait until it ends, or choose another folder.";
        Assert.Equal(sentence, await CreateError());
        Assert.Equal(sentence, await ResumeError());
        Assert.Equal(TrainingRunState.Training, TrainingRun.Open(RunPath).ReadStatus().State);
        run.Dispose();
        Assert.False(File.Exists(Path.Combine(RunPath, ".lock")));
        (await ResumeAsync()).Dispose();
    }

    [Fact]
    public async Task ResumeAsync_WhileAnotherProcessHoldsTheLock_IsRefusedUntilItIsKilled()
    {
        Assert.SkipUnless(RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && File.Exists("/usr/bin/flock"), "Needs the flock command.");
        (await CreateAsync()).Dispose();
        string[] hold = ["--no-fork", Path.Combine(RunPath, ".lock"), "/bin/sh", "-c", "echo held; read line"];
        using Process holder = Process.Start(
            new ProcessStartInfo("/usr/bin/flock", hold) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Another process is training", await ResumeError(), StringComparison.Ordinal);
        Assert.Equal(TrainingRunState.Training, TrainingRun.Open(RunPath).ReadStatus().State);
        holder.Kill();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TrainingRunState.Interrupted, TrainingRun.Open(RunPath).ReadStatus().State);
        (await ResumeAsync()).Dispose();
    }

    [Fact]
    public async Task ResumeAsync_AfterAKilledProcess_TakesTheStaleLockAndDeletesLeftovers()
    {
        (await CreateAsync()).Dispose();
        foreach (string file in (string[])[".lock", "checkpoint.safetensors.tmp-abc", "samples/epoch-001.txt.tmp-abc"]) folder.Write(
            "runs/first/" + file, "");
        using ActiveTrainingRun run = await ResumeAsync();
        IEnumerable<string> files = Directory.EnumerateFiles(RunPath, "*", SearchOption.AllDirectories);
        Assert.Equal([".lock", "options.json"], files.Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task ResumeAsync_Interrupted_EndsAsIfItHadNotBeen()
    {
        LanguageModel expected = TinyTraining.Model();
        await TinyTraining.RunAsync(expected, Options with { Epochs = 3 });
        using (ActiveTrainingRun run = await CreateAsync())
        {
            await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
                if (happened is TrainingProgress { Epoch: 2, Batch: 5 }) break;
        }

        using ActiveTrainingRun resumed = await ResumeAsync(begun => begun with { Training = begun.Training with { Epochs = 3 } });
        await TrainAsync(resumed);
        Assert.Equal(expected.Parameters.Values, resumed.Model.Parameters.Values);
        Assert.Equal(3, TrainingRun.Open(RunPath).Options.Training.Epochs);
    }

    [Fact]
    public async Task RunAsync_InterruptedInTheFirstEpoch_LeavesTheModelOfTheLastCheckpoint()
    {
        float[]? expected = null;
        using (ActiveTrainingRun run = await CreateAsync())
        {
            // The first checkpoint is written before anything is trained, and a model of it would be noise.
            Assert.False(File.Exists(run.LastModelPath));
            await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
            {
                Assert.False(File.Exists(run.BestModelPath));
                if (happened is not CheckpointSaved) continue;
                if (expected is not null) break;
                expected = run.Model.Parameters.Values.ToArray();
                Assert.Equal(expected, LanguageModel.Load(run.LastModelPath).Parameters.Values);
            }

            expected = run.Model.Parameters.Values.ToArray();
        }

        LanguageModel left = LanguageModel.Load(TrainingRun.Open(RunPath).LastModelPath);
        Assert.Equal(expected, left.Parameters.Values);
        Assert.Equal((0, null), (left.Training!.Epochs, left.Training.ValidationLoss));
        Assert.InRange(left.Training.Loss, 0.1, 5);

        TrainingRunOptions next = RunOptions with { From = RunPath };
        using ActiveTrainingRun tuned = await TrainingRun.CreateAsync(
            next, folder["runs/second"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(expected, tuned.Model.Parameters.Values);
    }

    [Fact]
    public async Task RunAsync_BetweenEpochs_LeavesTheModelOfTheLastEpoch()
    {
        using ActiveTrainingRun run = await CreateAsync();
        float[]? afterEpoch = null;
        await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
        {
            if (happened is EpochCompleted) afterEpoch = run.Model.Parameters.Values.ToArray();
            if (happened is TrainingProgress { Epoch: 2, Batch: 5 }) break;
        }

        Assert.Equal(afterEpoch, LanguageModel.Load(run.LastModelPath).Parameters.Values);
    }

    [Fact]
    public async Task Position_Resumed_CountsTheSecondsOfAllSessions()
    {
        double first = 0;
        using (ActiveTrainingRun run = await CreateAsync())
        {
            await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
            {
                if (happened is TrainingStarted) Assert.Equal(0, run.Position!.Seconds);
                if (happened is EpochCompleted epoch) Assert.Equal(epoch.Seconds, run.Position!.Seconds);
                if (happened is not TrainingProgress { Epoch: 2, Batch: 5 }) continue;
                first = run.Position!.Seconds;
                break;
            }
        }

        Assert.True(first > 0);
        using ActiveTrainingRun resumed = await ResumeAsync();
        double last = 0;
        await foreach (TrainingEvent happened in resumed.RunAsync(TestContext.Current.CancellationToken))
        {
            if (happened is TrainingStarted) Assert.InRange(resumed.Position!.Seconds, double.Epsilon, first);
            Assert.True(resumed.Position!.Seconds >= last);
            last = resumed.Position.Seconds;
        }

        Assert.Equal(resumed.ReadMetrics().Sum(epoch => epoch.Seconds), last, 1e-9);
    }

    [Fact]
    public async Task ResumeAsync_OptionThatDecidesTheResult_IsRefusedAndReleasesTheLock()
    {
        (await CreateAsync()).Dispose();
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => ResumeAsync(begun => begun with { Training = begun.Training with { Seed = 5 } }));
        Assert.Equal("Seed", error.PropertyName);
        Assert.Equal(1ul, TrainingRun.Open(RunPath).Options.Training.Seed);
        (await ResumeAsync()).Dispose();
    }

    [Fact]
    public async Task ResumeAsync_OtherTextInTheFile_IsRefused()
    {
        (await CreateAsync()).Dispose();
        folder.Write("tiny.txt", TinyTraining.OtherCorpus.Text);
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(() => ResumeAsync());
        Assert.Equal(nameof(TrainingRunOptions.CorpusSha256), error.PropertyName);
    }

    [Fact]
    public async Task ResumeAsync_NoRun_SaysSo()
    {
        Assert.Equal($"There is no folder '{RunPath}'. Check the path, or start a new run.", await ResumeError());
        Directory.CreateDirectory(RunPath);
        Assert.Equal($"The folder '{RunPath}' holds no run: it has no options.json.", await ResumeError());
        Assert.Throws<TrainingRunException>(() => TrainingRun.Open(RunPath));
    }

    [Fact]
    public async Task Create_ModelAndCorpusInMemory_ResumesFromItsStartModel()
    {
        LanguageModel whole = TinyTraining.Model();
        await TinyTraining.RunAsync(whole, Options);
        using (ActiveTrainingRun run = TrainingRun.Create(TinyTraining.Model(), TinyTraining.Corpus, Options, RunPath))
        {
            await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
                if (happened is TrainingProgress { Batch: 5 }) break;
        }

        using ActiveTrainingRun resumed = await TrainingRun.ResumeAsync(
            RunPath, TinyTraining.Corpus, cancellationToken: TestContext.Current.CancellationToken);
        await TrainAsync(resumed);
        Assert.Equal(whole.Parameters.Values, resumed.Model.Parameters.Values);
    }

    [Theory]
    [InlineData("checkpoint.safetensors")]
    [InlineData("metrics.csv")]
    public async Task ResumeAsync_CheckpointMissingOrOlderThanTheResults_IsRefusedAndChangesNothing(string file)
    {
        string early = folder["early"];
        using (ActiveTrainingRun run = await CreateAsync())
        {
            await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
                if (happened is TrainingProgress { Epoch: 1, Batch: 2 }) File.Copy(Path.Combine(RunPath, "checkpoint.safetensors"), early);
        }

        File.Delete(Path.Combine(RunPath, "checkpoint.safetensors"));
        if (file == "metrics.csv") File.Copy(early, Path.Combine(RunPath, "checkpoint.safetensors"));
        Dictionary<string, byte[]> before = Contents();
        TrainingRunException error = await Assert.ThrowsAsync<TrainingRunException>(
            () => ResumeAsync(begun => begun with { Training = begun.Training with { Epochs = 5 } }));
        Assert.Equal(Path.Combine(RunPath, file), error.Path);
        Assert.Equal(before, Contents());

        Dictionary<string, byte[]> Contents() => Directory.EnumerateFiles(RunPath).ToDictionary(path => path, File.ReadAllBytes);
    }

    [Fact]
    public async Task ResumeAsync_DamagedCheckpoint_IsRefusedBeforeTheOptionsChange()
    {
        using (ActiveTrainingRun run = await CreateAsync()) await TrainAsync(run);
        string options = await File.ReadAllTextAsync(Path.Combine(RunPath, "options.json"), TestContext.Current.CancellationToken);
        using (FileStream checkpoint = File.OpenWrite(Path.Combine(RunPath, "checkpoint.safetensors"))) checkpoint.SetLength(3000);
        await Assert.ThrowsAsync<ModelFileException>(
            () => ResumeAsync(begun => begun with { Training = begun.Training with { Epochs = 5 } }));
        Assert.Equal(
            options, await File.ReadAllTextAsync(Path.Combine(RunPath, "options.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResumeAsync_StartModelMissing_IsRefused()
    {
        TrainingRun.Create(TinyTraining.Model(), TinyTraining.Corpus, Options, RunPath).Dispose();
        File.Delete(Path.Combine(RunPath, "start.safetensors"));
        TrainingRunException error = await Assert.ThrowsAsync<TrainingRunException>(
            () => TrainingRun.ResumeAsync(RunPath, TinyTraining.Corpus, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("start model is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResumeAsync_CorpusWasInMemory_AsksForIt()
    {
        TrainingRun.Create(TinyTraining.Model(), TinyTraining.Corpus, Options, RunPath).Dispose();
        Assert.Contains("corpus in memory, 'tiny'", await ResumeError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tiny.txt")]
    [InlineData("./*.txt")]
    [InlineData(".")]
    public async Task CreateAsync_RelativePath_IsStoredAsAbsolute(string source)
    {
        using TemporaryFolder elsewhere = new();
        string relative = Path.Combine(Path.GetRelativePath(Environment.CurrentDirectory, folder.Path), source);
        using ActiveTrainingRun run = await TrainingRun.CreateAsync(
            RunOptions with { Corpus = [relative] }, elsewhere["run"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([Path.GetFullPath(relative)], TrainingRun.Open(elsewhere["run"]).Options.Corpus);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CreateAsync_StandardInput_IsCopiedUpToALimit(bool fits)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(TinyTraining.Corpus.Text);
        using MemoryStream input = new(bytes);
        TrainingRunOptions options = RunOptions with
        {
            Corpus = ["-"],
            StandardInput = input,
            MaxInputCopyBytes = bytes.Length - (fits ? 0 : 1),
        };
        using (ActiveTrainingRun run = await TrainingRun.CreateAsync(
            options, RunPath, cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal(fits, run.StandardInputCopyPath is not null);
        }

        using MemoryStream again = new(fits ? [] : bytes);
        using ActiveTrainingRun resumed = await ResumeAsync(begun => begun with { StandardInput = again });
        Assert.Equal(TinyTraining.Corpus.Sha256, resumed.Corpus.Sha256);
    }

    [Fact]
    public async Task ReadStatus_Run_SaysHowFarItIs()
    {
        using (ActiveTrainingRun run = await CreateAsync()) run.Dispose();
        Assert.Equal(new TrainingRunStatus(TrainingRunState.Interrupted, 0, null, 0), TrainingRun.Open(RunPath).ReadStatus());
        using (ActiveTrainingRun run = await ResumeAsync()) await TrainAsync(run);
        TrainingRun finished = TrainingRun.Open(RunPath);
        TrainingRunStatus status = finished.ReadStatus();
        Assert.Equal((TrainingRunState.Finished, 2), (status.State, status.CompletedEpochs));
        Assert.Equal(finished.ReadMetrics().Min(epoch => epoch.Loss), status.BestLoss);
        Assert.Equal(finished.ReadMetrics().Sum(epoch => epoch.Seconds), status.Seconds);
    }

    [Fact]
    public async Task List_FolderOfRuns_FindsThemAtAnyDepthAndSkipsDamagedOnes()
    {
        (await CreateAsync()).Dispose();
        foreach (string path in (string[])["runs/sweep/a", "runs/sweep/b"])
            (await TrainingRun.CreateAsync(RunOptions, folder[path], cancellationToken: TestContext.Current.CancellationToken)).Dispose();
        folder.Write("runs/sweep/b/options.json", "damaged");
        folder.Write("runs/no-run/metrics.csv", "");
        Assert.Equal([RunPath, folder["runs/sweep/a"]], TrainingRun.List(folder["runs"]).Select(run => run.Folder));
        Assert.Empty(TrainingRun.List(folder["nowhere"]));
    }

    [Fact]
    public async Task ReadSteps_FinishedRun_AreTheEventsOfTraining()
    {
        using ActiveTrainingRun run = await CreateAsync();
        Assert.Empty(run.ReadSteps());
        List<TrainingEvent> events = await TrainAsync(run);
        Assert.Equal(events.OfType<StepsCompleted>(), run.ReadSteps());
        Assert.Equal(run.ReadMetrics().Count, run.ReadSteps()[^1].Epoch);
    }

    [Fact]
    public async Task WriteSample_Epochs_AreReadBackInOrder()
    {
        using ActiveTrainingRun run = await CreateAsync();
        Assert.Empty(run.ReadSamples());
        foreach (int epoch in (int[])[7, 1000, 2]) run.WriteSample(epoch, $"text {epoch}");
        folder.Write("runs/first/samples/epoch-x.txt", "not a sample");
        string file = Path.Combine(RunPath, "samples", "epoch-007.txt");
        Assert.Equal("text 7", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([new(2, "text 2"), new(7, "text 7"), new(1000, "text 1000")], TrainingRun.Open(RunPath).ReadSamples());
    }

    [Fact]
    public async Task RunAsync_RunIsDeletedMeanwhile_StopsAndLeavesNoFolder()
    {
        using ActiveTrainingRun run = await CreateAsync();
        TrainingRunException failure = await Assert.ThrowsAsync<TrainingRunException>(async () =>
        {
            await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken))
            {
                if (happened is not EpochCompleted completed) continue;
                Directory.Delete(RunPath, recursive: true);
                run.WriteSample(completed.Epoch, "text");
            }
        });
        Assert.Contains("was deleted or moved", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(RunPath));
    }

    [Fact]
    public async Task RunAsync_FilesOfTheRunAreDeletedMeanwhile_Stops()
    {
        using ActiveTrainingRun run = await CreateAsync();
        await Assert.ThrowsAsync<TrainingRunException>(async () =>
        {
            await foreach (TrainingEvent _ in run.RunAsync(TestContext.Current.CancellationToken))
                foreach (string file in Directory.EnumerateFiles(RunPath, "*.json")) File.Delete(file);
        });
    }

    [Fact]
    public async Task CreateAsync_UnknownCharacterInTheValidationText_NamesItAndItsPlace()
    {
        folder.Write("held.txt", "that is €");
        TrainingRunOptions options = RunOptions with { ValidationText = folder["held.txt"] };
        CorpusException error = await Assert.ThrowsAsync<CorpusException>(
            () => TrainingRun.CreateAsync(options, RunPath, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("'held.txt' has '€' (U+20AC), character 9,", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(RunPath));
    }

    [Theory]
    [InlineData("nietzsche", "nietzsche")]
    [InlineData("My novel.txt", "My-novel")]
    [InlineData("諸子.TXT", "諸子")]
    [InlineData("..", "text")]
    public void FreePath_CorpusName_IsPlain(string corpus, string expected) =>
        Assert.Equal(Path.Combine("runs", expected), RunFolder.FreePath(corpus));

    private static async Task<List<TrainingEvent>> TrainAsync(ActiveTrainingRun run)
    {
        List<TrainingEvent> events = [];
        await foreach (TrainingEvent happened in run.RunAsync(TestContext.Current.CancellationToken)) events.Add(happened);
        return events;
    }

    private Task<ActiveTrainingRun> CreateAsync() =>
        TrainingRun.CreateAsync(RunOptions, RunPath, cancellationToken: TestContext.Current.CancellationToken);

    private Task<ActiveTrainingRun> ResumeAsync(Func<TrainingRunOptions, TrainingRunOptions>? change = null) =>
        TrainingRun.ResumeAsync(RunPath, change, cancellationToken: TestContext.Current.CancellationToken);

    private async Task<string> CreateError() => (await Assert.ThrowsAsync<TrainingRunException>(CreateAsync)).Message;

    private async Task<string> ResumeError() => (await Assert.ThrowsAsync<TrainingRunException>(() => ResumeAsync())).Message;
}
