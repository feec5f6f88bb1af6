using System.Diagnostics;
using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>How long a run takes on this machine, and how large its model is.</summary>
/// <param name="Seconds">Seconds until training ends, samples included.</param>
/// <param name="SampleSeconds">Seconds for the samples after the epochs.</param>
/// <param name="Epochs">Epochs until then.</param>
/// <param name="StepsPerEpoch">Training steps per epoch.</param>
/// <param name="Parameters">The parameters of the model.</param>
public sealed record RunEstimate(double Seconds, double SampleSeconds, double Epochs, long StepsPerEpoch, int Parameters)
{
    /// <summary>The size of the model file in bytes.</summary>
    public long ModelBytes => 4L * Parameters;
}

/// <summary>Measures how long runs take, one at a time: trains the real model on the real text for about a second.</summary>
public sealed class RunEstimator : IDisposable
{
    // The weights, their gradient and two moments of the optimizer; activations come on top.
    private const int BytesPerParameter = 16;
    private const int SampleTokens = 60, SamplesPerEpoch = 1600, WordSamplesPerEpoch = 320;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Measures a run.</summary>
    /// <exception cref="InvalidOptionsException">An option does not fit the text.</exception>
    /// <exception cref="CorpusException">The text cannot be read, or is too short.</exception>
    /// <exception cref="ModelFileException">The model to start from cannot be read.</exception>
    /// <exception cref="TextException">The machine has not enough memory.</exception>
    public async Task<RunEstimate> MeasureAsync(TrainingRunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => MeasureInBackgroundAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Releases what the measurements wait for.</summary>
    public void Dispose() => turn.Dispose();

    /// <summary>Refuses a model for which this machine has not enough memory.</summary>
    /// <exception cref="InvalidOptionsException">The model is too large for any machine.</exception>
    /// <exception cref="TextException">It is too large for this machine.</exception>
    /// <returns>The number of its parameters.</returns>
    public static int EnsureFits(ModelSpec spec, int vocabularySize) =>
        EnsureFits(spec, vocabularySize, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    internal static int EnsureFits(ModelSpec spec, int vocabularySize, long availableBytes)
    {
        int parameters = Parameters.CountOf(spec, vocabularySize);
        double needed = (double)BytesPerParameter * parameters;
        if (needed <= availableBytes / 2.0) return parameters;
        throw new TextException(new(
            FormattableString.Invariant($"Training this model needs more than {needed / 1e9:F1} GB of memory, too much for this machine. ")
                + "Choose a smaller hidden size.",
            FormattableString.Invariant($"训练该模型需要超过 {needed / 1e9:F1} GB 内存，超出本机的能力。请减小隐藏层大小。")));
    }

    private static async Task<RunEstimate> MeasureInBackgroundAsync(TrainingRunOptions options, CancellationToken cancellationToken)
    {
        CorpusOptions reading = new() { Encoding = options.Encoding, Lowercase = options.Lowercase };
        Corpus corpus = await Corpus.OpenAsync(options.Corpus, reading, cancellationToken: cancellationToken).ConfigureAwait(false);
        LanguageModel? start = options.From is null ? null : LanguageModel.Load(options.From).ExtendVocabulary(corpus);
        Tokenizer tokenizer = start?.Tokenizer
            ?? await Tokenizer.CreateAsync(corpus, options.Tokenizer, cancellationToken: cancellationToken).ConfigureAwait(false);
        int parameters = EnsureFits(options.Model, tokenizer.VocabularySize);
        if (corpus.CountTokens(tokenizer, cancellationToken) <= options.Model.Window)
        {
            throw new InvalidOptionsException(
                "The text is shorter than the window. Use a longer text or a smaller window.", nameof(ModelSpec.Window));
        }

        LanguageModel model = start ?? LanguageModel.Create(options.Model, tokenizer, options.Training.Seed);
        TrainingOptions training = options.Training;
        (double step, int stepsPerEpoch) = await MeasureStepAsync(model, corpus, training, cancellationToken).ConfigureAwait(false);
        double epoch = step * stepsPerEpoch;
        double epochs = training.TimeBudget is { } limit ? Math.Min(training.Epochs, limit.TotalSeconds / epoch) : training.Epochs;
        double samples = MeasureSamples(model, options, cancellationToken) * Math.Ceiling(epochs);
        return new(epochs * epoch + samples, samples, epochs, stepsPerEpoch, parameters);
    }

    private static async Task<(double SecondsPerStep, int StepsPerEpoch)> MeasureStepAsync(
        LanguageModel model, Corpus corpus, TrainingOptions options, CancellationToken cancellationToken)
    {
        // The measurement must not end early, and the learning rate does not matter.
        Trainer trainer = new(
            model, corpus, options with { TimeBudget = null, Epochs = int.MaxValue, Patience = 0, DivergenceGuard = false });
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Patience);
        Stopwatch clock = Stopwatch.StartNew();
        (double seconds, double steps) first = default, last = default;
        int stepsPerEpoch = 1;
        try
        {
            await foreach (TrainingEvent happened in trainer.RunAsync(end.Token).ConfigureAwait(false))
            {
                if (happened is not TrainingProgress progress) continue;
                stepsPerEpoch = progress.BatchCount;
                last = (clock.Elapsed.TotalSeconds, (progress.Epoch - 1.0) * progress.BatchCount + progress.Batch);
                // The first steps are slower: code is compiled, and memory is used for the first time.
                if (first == default) first = last;
                else if (last.seconds - first.seconds >= Length.TotalSeconds) break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A step takes long: what was done until now has to do.
        }

        if (last.steps > first.steps) return ((last.seconds - first.seconds) / (last.steps - first.steps), stepsPerEpoch);
        return (clock.Elapsed.TotalSeconds / Math.Max(1, last.steps), stepsPerEpoch);
    }

    /// <summary>The seconds that the samples after an epoch take.</summary>
    private static double MeasureSamples(LanguageModel model, TrainingRunOptions options, CancellationToken cancellationToken)
    {
        if (!options.Samples) return 0;
        TextGenerator generator = new(model, threads: options.Training.Threads);
        Stopwatch clock = Stopwatch.StartNew();
        generator.Generate("", new GenerationOptions { MaxTokens = SampleTokens }, cancellationToken);
        int tokens = options.Tokenizer.Kind == TokenizerKind.Words ? WordSamplesPerEpoch : SamplesPerEpoch;
        return clock.Elapsed.TotalSeconds / SampleTokens * tokens;
    }
}
