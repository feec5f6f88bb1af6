using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>A run of milliseconds: 8 units, windows of 6 characters, 665 windows in 11 batches of which the last has 25.</summary>
internal static class TinyTraining
{
    public const int Window = 6;

    public const int WindowCount = 665;

    public const int BatchCount = 11;

    private static readonly string[] WordList =
        ["truth", "woman", "suppose", "that", "is", "a", "what", "then", "grounds", "suspicion", "not"];

    public static Corpus Corpus { get; } = Corpus.FromText(Words(seed: 1), "tiny");

    /// <summary>Another text of the same characters.</summary>
    public static Corpus OtherCorpus { get; } = Corpus.FromText(Words(seed: 2), "tiny");

    /// <summary>Options whose events do not depend on time: one row of the metrics of steps, no checkpoint within an epoch.</summary>
    public static TrainingOptions Options { get; } = new()
    {
        Epochs = 3,
        BatchSize = 64,
        Seed = 1,
        Threads = 1,
        CheckpointInterval = TimeSpan.FromHours(1),
        StepMetricsInterval = TimeSpan.FromHours(1),
    };

    /// <summary>Options that write a checkpoint after every batch, which gives two events per batch.</summary>
    public static TrainingOptions CheckpointEveryBatch { get; } = Options with { CheckpointInterval = TimeSpan.Zero };

    public static LanguageModel Model() =>
        LanguageModel.Create(new ModelSpec { HiddenSize = 8, Window = Window }, CharacterTokenizer.Create(Corpus), seed: 1);

    public static int[] Ids(LanguageModel model) => model.Tokenizer.Encode(Corpus.Text);

    /// <summary>Trains a new model and returns the events.</summary>
    public static Task<List<TrainingEvent>> RunAsync(
        TrainingOptions options, RunFolder? folder = null, Action<TrainingEvent>? listen = null) =>
        RunAsync(Model(), options, folder, listen);

    /// <summary>Trains a model and returns the events.</summary>
    public static async Task<List<TrainingEvent>> RunAsync(
        LanguageModel model,
        TrainingOptions options,
        RunFolder? folder = null,
        Action<TrainingEvent>? listen = null,
        CancellationTokenSource? cancellation = null,
        Corpus? corpus = null)
    {
        List<TrainingEvent> events = [];
        CancellationToken cancellationToken = cancellation?.Token ?? TestContext.Current.CancellationToken;
        await foreach (TrainingEvent happened in new Trainer(model, corpus ?? Corpus, options).RunAsync(folder, cancellationToken))
        {
            events.Add(happened);
            listen?.Invoke(happened);
        }

        return events;
    }

    private static string Words(int seed)
    {
        Random random = new(seed);
        return string.Join(' ', Enumerable.Range(0, 700).Select(_ => WordList[random.Next(WordList.Length)]))[..2000];
    }
}
