using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Distributed;

/// <summary>Whole runs in several processes: the files and the events are those of one process.</summary>
public sealed class DistributedRunTests : IDisposable
{
    private static readonly TrainingOptions Windows = TinyTraining.Options with
    {
        Dropout = 0.1,
        ClipNorm = 1,
        EmaDecay = 0.9,
        ValidationShare = 0.1,
        ValidationInterval = 4,
    };

    private static readonly TrainingOptions Stream = Windows with
    {
        Objective = Objective.Stream,
        BatchSize = 40,
        SequenceLength = 5,
        Optimizer = OptimizerKind.AdamW,
        WeightDecay = 0.1,
    };

    private readonly TemporaryFolder folder = new();

    public DistributedRunTests() => folder.Write("tiny.txt", TinyTraining.Corpus.Text);

    private string Single => folder["single"];

    private string Shared => folder["shared"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Objective.Windows, 2)]
    [InlineData(Objective.Windows, 3)]
    [InlineData(Objective.Stream, 2)]
    [InlineData(Objective.Stream, 4)]
    [InlineData(Objective.Stream, 8)]
    public void RunAsync_SeveralProcesses_WritesTheModelsOfOne(Objective objective, int size)
    {
        TrainingOptions options = objective == Objective.Windows ? Windows : Stream;
        List<TrainingEvent> one = Train(Create(options, Single, processes: null));
        List<TrainingEvent>[] all = ThreadGroup.Run(size, group => Train(Create(options, Shared, group)));
        AssertSameModels();
        foreach (List<TrainingEvent> events in all)
        {
            Assert.Equal(LossesOf(one), LossesOf(events));
            Assert.Equal(size, Assert.IsType<TrainingStarted>(events[0]).Processes);
        }
    }

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public void ResumeAsync_AnyNumberOfProcesses_EndsInTheBitsOfAnUninterruptedRun(Objective objective)
    {
        // Two checkpoints within epochs, each written by another number of processes.
        TrainingOptions options = (objective == Objective.Windows ? Windows : Stream) with { CheckpointInterval = TimeSpan.Zero };
        Train(Create(options, Single, processes: null));
        ThreadGroup.Run(3, group => Interrupt(() => Create(options, Shared, group), group.Rank == 1, epoch: 1, batch: 3));
        Interrupt(() => Resume(null), isHere: true, epoch: 2, batch: 2);
        ThreadGroup.Run(4, group => Interrupt(() => Resume(group), group.Rank == 3, epoch: 2, batch: 5));
        ThreadGroup.Run(2, group => Train(Resume(group)));
        AssertSameModels();
        Assert.Equal(
            TrainingRun.Open(Single).ReadMetrics().Select(epoch => (epoch.Epoch, epoch.Loss, epoch.ValidationLoss)),
            TrainingRun.Open(Shared).ReadMetrics().Select(epoch => (epoch.Epoch, epoch.Loss, epoch.ValidationLoss)));
    }

    [Fact]
    public void CreateAsync_AnotherTextInOneProcess_IsRefusedInAll()
    {
        folder.Write("other.txt", TinyTraining.OtherCorpus.Text);
        CorpusException[] errors = ThreadGroup.Run(3, group => Assert.Throws<CorpusException>(
            () => Create(Windows, Shared, group, group.Rank == 2 ? "other.txt" : "tiny.txt")));
        Assert.All(errors, error => Assert.Contains(
            $"is not the same for all processes: its SHA-256 is {TinyTraining.Corpus.Sha256} for rank 0 and "
            + $"{TinyTraining.OtherCorpus.Sha256} for rank 2.",
            error.Message,
            StringComparison.Ordinal));
        Assert.False(Directory.Exists(Shared));
    }

    [Fact]
    public void CreateAsync_OtherOptionsInOneProcess_IsRefusedInAll()
    {
        ProcessGroupException[] errors = ThreadGroup.Run(2, group => Assert.Throws<ProcessGroupException>(
            () => Create(Windows with { Seed = (ulong)group.Rank }, Shared, group)));
        Assert.All(errors, error => Assert.StartsWith("Rank 1 has another model", error.Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Shared));
    }

    [Fact]
    public void CreateAsync_FolderWithARun_EndsAllProcesses()
    {
        Train(Create(Windows, Shared, processes: null));
        Exception[] errors = ThreadGroup.Run(3, group => Assert.ThrowsAny<AphoristException>(() => Create(Windows, Shared, group)));
        Assert.IsType<TrainingRunException>(errors[0]);
        Assert.All(errors[1..], error => Assert.IsType<ProcessGroupException>(error));
    }

    [Fact]
    public void CreateAsync_From_NeedsTheModelInProcess0Only()
    {
        Train(Create(Windows, folder["first"], processes: null));
        TrainingRunOptions options = Options(Windows) with { From = folder["first"] };
        Train(Create(options, Single, processes: null));
        ThreadGroup.Run(2, group =>
        {
            string model = group.Rank == 0 ? folder["first"] : folder["missing"];
            return Train(Create(options with { From = model }, Shared, group));
        });
        AssertSameModels();
        // The start model, too.
        ThreadGroup.Run(2, group => Train(Resume(group, options => options with { Training = options.Training with { Epochs = 4 } })));
        Assert.Equal(4, TrainingRun.Open(Shared).ReadStatus().CompletedEpochs);
    }

    [Fact]
    public void CreateAsync_StandardInput_IsRefused()
    {
        TrainingRunOptions options = Options(Windows) with { Corpus = ["-"] };
        InvalidOptionsException[] errors = ThreadGroup.Run(2, group => Assert.Throws<InvalidOptionsException>(
            () => Create(options, Shared, group)));
        Assert.All(errors, error => Assert.StartsWith("A text from standard input", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void RunAsync_TimeBudget_EndsAfterTheSameStepWithTheSameLearningRates()
    {
        TrainingOptions options = Windows with
        {
            Epochs = 100_000,
            TimeBudget = TimeSpan.FromSeconds(1),
            Schedule = LearningRateSchedule.Cosine,
            StepMetricsInterval = TimeSpan.FromMilliseconds(1),
        };
        List<TrainingEvent>[] all = ThreadGroup.Run(3, group => Train(Create(options, Shared, group)));
        (long, double)[][] steps = [.. all.Select(
            events => events.OfType<StepsCompleted>().Select(row => (row.Step, row.LearningRate)).ToArray())];
        Assert.NotEmpty(steps[0]);
        Assert.NotEqual(steps[0][0].Item2, steps[0][^1].Item2);
        Assert.All(steps, rows => Assert.Equal(steps[0], rows));
    }

    [Fact]
    public void RunAsync_Diverges_FailsInAllProcesses()
    {
        TrainingOptions options = TinyTraining.Options with { LearningRate = 3e38, BatchSize = 1000, DivergenceGuard = false };
        TrainingDivergedException[] errors = ThreadGroup.Run(2, group =>
        {
            ActiveTrainingRun run = Create(options, Shared, group);
            return Assert.Throws<TrainingDivergedException>(() => Train(run));
        });
        Assert.Equal(errors[0].Message, errors[1].Message);
    }

    [Fact]
    public void WorkingProcesses_FewerShardsThanProcesses_NamesTheBatchThatIsEnough()
    {
        // 40 streams are five shards of 8.
        TrainingStarted started = Assert.IsType<TrainingStarted>(ThreadGroup.Run(8, group => Train(Create(Stream, Shared, group)))[0][0]);
        Assert.Equal((8, 5, 64), (started.Processes, started.WorkingProcesses, started.SuggestedBatchSize));
    }

    private TrainingRunOptions Options(TrainingOptions training, string text = "tiny.txt") => new()
    {
        Corpus = [folder[text]],
        Model = new() { HiddenSize = 8, Window = TinyTraining.Window, Layers = 2 },
        Training = training,
    };

    private ActiveTrainingRun Create(TrainingOptions training, string path, IProcessGroup? processes, string text = "tiny.txt") =>
        Create(Options(training, text), path, processes);

    private static ActiveTrainingRun Create(TrainingRunOptions options, string path, IProcessGroup? processes) =>
        Wait(TrainingRun.CreateAsync(options, path, processes: processes, cancellationToken: TestContext.Current.CancellationToken));

    /// <summary>Only process 0 has the folder of the run.</summary>
    private ActiveTrainingRun Resume(IProcessGroup? processes, Func<TrainingRunOptions, TrainingRunOptions>? change = null) =>
        Wait(TrainingRun.ResumeAsync(
            processes is { Rank: > 0 } ? folder["nowhere"] : Shared,
            change,
            processes: processes,
            cancellationToken: TestContext.Current.CancellationToken));

    /// <summary>Trains until a batch, and cancels one of the processes.</summary>
    private static bool Interrupt(Func<ActiveTrainingRun> open, bool isHere, int epoch, int batch)
    {
        using CancellationTokenSource cancellation = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(
            open(),
            happened =>
            {
                if (isHere && happened is TrainingProgress progress && (progress.Epoch, progress.Batch) == (epoch, batch))
                    cancellation.Cancel();
            },
            cancellation));
        return true;
    }

    private static List<TrainingEvent> Train(
        ActiveTrainingRun run, Action<TrainingEvent>? listen = null, CancellationTokenSource? cancellation = null)
    {
        using (run)
        {
            return Wait(Listen());
        }

        async Task<List<TrainingEvent>> Listen()
        {
            List<TrainingEvent> events = [];
            await foreach (TrainingEvent happened in run.RunAsync(cancellation?.Token ?? default))
            {
                events.Add(happened);
                listen?.Invoke(happened);
            }

            return events;
        }
    }

    private void AssertSameModels()
    {
        foreach (string file in (string[])["model.safetensors", "last.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(Single, file)), File.ReadAllBytes(Path.Combine(Shared, file)));
        Assert.False(Directory.Exists(folder["nowhere"]));
    }

    private static (double, double?)[] LossesOf(List<TrainingEvent> events) =>
        [.. events.OfType<EpochCompleted>().Select(epoch => (epoch.Loss, epoch.ValidationLoss))];

    // Every member of a group is a thread that has nothing else to do.
    private static T Wait<T>(Task<T> task) => Task.Run(() => task).GetAwaiter().GetResult();
}
