using Aphorist.Tests.Model;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Whole runs on streams, of layers of every kind.</summary>
public sealed class StreamTrainingTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    /// <summary>
    /// The index of the kind in <see cref="LayerKinds.All"/>, whether the embedding is tied, whether layers are residual and normalized.
    /// </summary>
    public static TheoryData<int, bool, bool> Kinds =>
    [
        .. Enumerable.Range(0, LayerKinds.All.Count).Select(kind => (kind, false, false)),
        (IndexOf(Architecture.Lstm, GateActivation.HardSigmoid), true, false),
        (IndexOf(Architecture.Lstm, GateActivation.HardSigmoid), true, true),
        (IndexOf(Architecture.Gru), false, true),
        (IndexOf(Architecture.Convolution), false, true),
        (IndexOf(Architecture.Rnn), true, true),
    ];

    private static ModelSpec Lstm { get; } = new() { Gates = GateActivation.Sigmoid };

    private static ModelSpec Gru { get; } = new() { Architecture = Architecture.Gru };

    private static TrainingOptions Options { get; } = TinyTraining.CheckpointEveryBatch with
    {
        Objective = Objective.Stream,
        BatchSize = 10,
        SequenceLength = 9,
        Epochs = 3,
        Optimizer = OptimizerKind.Adam,
        LearningRate = 0.01,
        ClipNorm = 1,
        Dropout = 0.2,
        Schedule = LearningRateSchedule.Cosine,
        WarmupSteps = 3,
        ValidationShare = 0.2,
    };

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task RunAsync_OtherThreads_EndsWithTheSameBits(int kind, bool tied, bool connected)
    {
        LanguageModel one = Model(LayerKinds.All[kind], tied, connected), four = Model(LayerKinds.All[kind], tied, connected);
        await TinyTraining.RunAsync(one, Options);
        await TinyTraining.RunAsync(four, Options with { Threads = 4 });
        Assert.Equal(one.Parameters.Values, four.Parameters.Values);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task RunAsync_StoppedAnywhereAndGoneOnWith_EndsWithTheSameBits(int kind, bool tied, bool connected)
    {
        LanguageModel whole = Model(LayerKinds.All[kind], tied, connected);
        List<TrainingEvent> events = await TinyTraining.RunAsync(whole, Options);
        int batches = events.OfType<TrainingProgress>().Max(progress => progress.BatchCount);
        foreach (int stop in (int[])[1, batches, batches + 2, 2 * batches + 1])
        {
            string path = temporary[$"{kind}-{tied}-{connected}-{stop}"];
            RunFolder folder = RunFolder.Create(path);
            int checkpoints = 0;
            using CancellationTokenSource stopping = new();
            Trainer trainer = new(Model(LayerKinds.All[kind], tied, connected), TinyTraining.Corpus, Options);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (TrainingEvent happened in trainer.RunAsync(folder, stopping.Token))
                    if (happened is CheckpointSaved && ++checkpoints == stop) await stopping.CancelAsync();
            });

            await File.WriteAllTextAsync(Path.Combine(path, "options.json"), "{}", TestContext.Current.CancellationToken);
            RunFolder resumed = new(path);
            LanguageModel model = Model(LayerKinds.All[kind], tied, connected);
            await TinyTraining.RunAsync(model, Options, resumed);
            Assert.Equal(whole.Parameters.Values, model.Parameters.Values);
        }
    }

    [Fact]
    public async Task RunAsync_OutOfPatience_Ends()
    {
        List<TrainingEvent> events = await TinyTraining.RunAsync(
            Model(Lstm),
            Options with { Epochs = 500, Patience = 2, LearningRate = 0.1, Schedule = LearningRateSchedule.Constant });
        bool[] best = [.. events.OfType<EpochCompleted>().Select(epoch => epoch.IsBest)];
        Assert.InRange(best.Length, 3, 499);
        Assert.Equal([false, false], best[^2..]);
    }

    [Fact]
    public async Task RunAsync_OutOfTime_EndsWithinAnEpoch()
    {
        List<TrainingEvent> events = await TinyTraining.RunAsync(
            Model(Lstm), Options with { Epochs = 1_000_000, TimeBudget = TimeSpan.FromMilliseconds(50) });
        Assert.NotEmpty(events.OfType<EpochCompleted>());
        Assert.InRange(events.OfType<EpochCompleted>().Sum(epoch => epoch.Seconds), 0.05, 30);
        Assert.IsType<TrainingCompleted>(events[^1]);
    }

    [Fact]
    public async Task RunAsync_ValidationInterval_MeasuresWithinTheEpoch()
    {
        List<TrainingEvent> events = await TinyTraining.RunAsync(
            Model(Lstm), Options with { ValidationInterval = 4, Epochs = 1 });
        int batches = events.OfType<TrainingProgress>().Max(progress => progress.BatchCount);
        ValidationMeasured[] measured = [.. events.OfType<ValidationMeasured>()];
        Assert.Equal(Enumerable.Range(1, (batches - 1) / 4).Select(count => 4 * count), measured.Select(one => one.Batch));
        Assert.True(measured[0].IsBest);
    }

    [Fact]
    public async Task Evaluate_HeldOutPart_IsWhatTrainingReported()
    {
        LanguageModel model = Model(Gru);
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, Options);
        Evaluation evaluation = model.Evaluate(
            TinyTraining.Corpus, new EvaluationOptions { TailShare = 0.2, Threads = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(events.OfType<EpochCompleted>().Last().ValidationLoss, evaluation.LossPerToken);
    }

    private static int IndexOf(Architecture architecture, GateActivation gates = GateActivation.Sigmoid) =>
        LayerKinds.All.Index().First(kind => kind.Item.Architecture == architecture && kind.Item.Gates == gates).Index;

    private static LanguageModel Model(ModelSpec kind, bool tied = false, bool connected = false)
    {
        ModelSpec spec = kind with { HiddenSize = 12, Layers = 2, EmbeddingSize = tied ? 12 : 5, TiedEmbedding = tied };
        return LanguageModel.Create(connected ? LayerKinds.Connect(spec) : spec, CharacterTokenizer.Create(TinyTraining.Corpus), seed: 1);
    }
}
