using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>A run that is cancelled within a slow batch or validation resumes to the same bits.</summary>
public sealed class CancellationWithinBatchTests : IDisposable
{
    private static readonly Corpus Text = Corpus.FromText(string.Concat(Enumerable.Repeat(TinyTraining.Corpus.Text, 20)), "long");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Architecture.Lstm, Objective.Windows)]
    [InlineData(Architecture.Lstm, Objective.Stream)]
    [InlineData(Architecture.Gru, Objective.Stream)]
    [InlineData(Architecture.Rnn, Objective.Windows)]
    [InlineData(Architecture.Rnn, Objective.Stream)]
    [InlineData(Architecture.Convolution, Objective.Windows)]
    [InlineData(Architecture.Convolution, Objective.Stream)]
    public async Task RunAsync_CancelledWithinABatch_ResumesToTheSameBits(Architecture architecture, Objective objective)
    {
        TrainingOptions options = new()
        {
            Objective = objective,
            Epochs = 1,
            BatchSize = 16,
            SequenceLength = 400,
            Stride = 200,
            Threads = 2,
            Seed = 3,
            LearningRate = 0.001,
            Dropout = 0.1,
        };
        // Any batch will do: on a busy machine the watching thread may miss some.
        Assert.Equal(0, await InterruptAndCompare(architecture, options, position => position is { Batch: >= 1, Share: > 0 and < 0.5 }));
    }

    [Fact]
    public async Task RunAsync_CancelledWithinAValidation_RepeatsItAndEndsWithTheSameBits()
    {
        TrainingOptions options = new()
        {
            Objective = Objective.Stream,
            Epochs = 1,
            BatchSize = 8,
            SequenceLength = 50,
            Threads = 2,
            ValidationShare = 0.9,
            ValidationInterval = 3,
            LearningRate = 0.001,
        };
        Assert.Equal(0, await InterruptAndCompare(
            Architecture.Lstm, options, position => position is { IsValidating: true, Batch: >= 3, Share: > 0 and < 0.5 }));
    }

    /// <summary>Compares a resumed run with an uninterrupted one. Returns the epochs before the interruption.</summary>
    private async Task<int> InterruptAndCompare(Architecture architecture, TrainingOptions options, Predicate<TrainingPosition> isReached)
    {
        ModelSpec spec = new() { Architecture = architecture, HiddenSize = 96, Layers = 2, Window = 200, EmbeddingSize = 96 };
        using (ActiveTrainingRun whole = TrainingRun.Create(NewModel(spec), Text, options, folder["whole"]))
            await foreach (TrainingEvent _ in whole.RunAsync(TestContext.Current.CancellationToken)) Assert.NotNull(whole.Position);

        using CancellationTokenSource cancellation = new();
        using (ActiveTrainingRun run = TrainingRun.Create(NewModel(spec), Text, options, folder["run"]))
        {
            Assert.Null(run.Position);
            Task watching = Task.Run(
                () =>
                {
                    SpinWait.SpinUntil(() => (run.Position is { } position && isReached(position)) || cancellation.IsCancellationRequested);
                    cancellation.Cancel();
                },
                TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (TrainingEvent _ in run.RunAsync(cancellation.Token))
                {
                }
            });
            await watching;
            Assert.Null(run.Position);
        }

        int completed = TrainingRun.Open(folder["run"]).ReadStatus().CompletedEpochs;
        using (ActiveTrainingRun resumed = await TrainingRun.ResumeAsync(
            folder["run"], Text, cancellationToken: TestContext.Current.CancellationToken))
        {
            await foreach (TrainingEvent _ in resumed.RunAsync(TestContext.Current.CancellationToken))
            {
            }
        }

        foreach (string file in (string[])["model.safetensors", "last.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder[$"whole/{file}"]), File.ReadAllBytes(folder[$"run/{file}"]));
        return completed;
    }

    private static LanguageModel NewModel(ModelSpec spec) => LanguageModel.Create(spec, CharacterTokenizer.Create(Text), seed: 2);
}
