using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Training on a prepared text computes what training on the same text in memory does.</summary>
public sealed class PreparedTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Objective.Windows, TokenizerKind.Characters)]
    [InlineData(Objective.Stream, TokenizerKind.Characters)]
    [InlineData(Objective.Stream, TokenizerKind.Words)]
    [InlineData(Objective.Windows, TokenizerKind.Bytes)]
    public async Task RunAsync_PreparedText_EndsWithTheSameBits(Objective objective, TokenizerKind kind)
    {
        TrainingOptions options = TinyTraining.Options with
        {
            Objective = objective,
            Epochs = 2,
            BatchSize = 8,
            SequenceLength = 10,
            ValidationShare = 0.2,
            Threads = 2,
        };
        (LanguageModel expected, Evaluation[] evaluations) = await TrainAsync(TinyTraining.Corpus, kind, options);
        (LanguageModel model, Evaluation[] prepared) = await TrainAsync(await OpenCachedAsync(), kind, options);
        Assert.Equal(expected.Parameters.Values, model.Parameters.Values);
        Assert.Equal(expected.Training, model.Training! with { Corpus = "tiny" });
        Assert.Equal(evaluations, prepared);
    }

    [Fact]
    public async Task RunAsync_PreparedTextCutMeanwhile_EndsWithOneSentence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let an open file be cut.");
        Corpus corpus = await OpenCachedAsync();
        Trainer trainer = new(TinyTraining.Model(), corpus, TinyTraining.Options);
        await Cut();
        CorpusException exception = await Assert.ThrowsAsync<CorpusException>(async () =>
        {
            await foreach (TrainingEvent _ in trainer.RunAsync(TestContext.Current.CancellationToken)) { }
        });
        Assert.EndsWith("it is created again from its source.", exception.Message, StringComparison.Ordinal);
        Assert.Throws<CorpusException>(
            () => TinyTraining.Model().Evaluate(corpus, cancellationToken: TestContext.Current.CancellationToken));
    }

    private async Task Cut() => await System.Diagnostics.Process.Start(
        "truncate", ["-s", "100", Assert.Single(Directory.EnumerateFiles(folder.Path, "*.prepared"))])
        .WaitForExitAsync(TestContext.Current.CancellationToken);

    private static async Task<(LanguageModel Model, Evaluation[] Evaluations)> TrainAsync(
        Corpus corpus, TokenizerKind kind, TrainingOptions options)
    {
        Tokenizer tokenizer = Tokenizer.Create(corpus, new TokenizerOptions { Kind = kind });
        LanguageModel model = LanguageModel.Create(
            new ModelSpec { HiddenSize = 8, Window = TinyTraining.Window, EmbeddingSize = 4 }, tokenizer, seed: 1);
        await foreach (TrainingEvent _ in new Trainer(model, corpus, options).RunAsync(TestContext.Current.CancellationToken)) { }
        EvaluationOptions windows = new() { Objective = Objective.Windows, TailShare = 0.5 };
        return (model, [model.Evaluate(corpus), model.Evaluate(corpus, windows), model.Evaluate(corpus, new() { TailShare = 0.3 })]);
    }

    private async Task<Corpus> OpenCachedAsync()
    {
        CorpusOptions options = new() { CacheFolder = folder.Path, MaxInMemoryBytes = 0, BlockLength = 100 };
        Corpus corpus = await Corpus.OpenAsync(
            folder.Write("tiny.txt", TinyTraining.Corpus.Text), options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(corpus.IsInMemory);
        return corpus;
    }
}
