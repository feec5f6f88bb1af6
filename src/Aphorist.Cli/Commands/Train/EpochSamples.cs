using System.Globalization;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// Generates samples after epochs, as the notebook does: from a random window of the corpus, 400 characters or bytes (or 80 tokens of
/// words, which is about as long) at each of four temperatures, each continuing the text of the one before. They are shown and
/// saved in the run folder.
/// </summary>
/// <remarks>
/// In the notebook's style there are samples after every epoch. Otherwise they take at most a tenth of the time, and epochs that are too
/// short have none, except for the first and the last. The text of an epoch depends only on the seed and the number of the epoch.
/// </remarks>
internal sealed class EpochSamples(ActiveTrainingRun run, ITrainingReporter report, TimeProvider clock)
{
    /// <summary>The temperature of a short sample.</summary>
    public const double ShortTemperature = 0.5;

    /// <summary>The least time between two samples.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const int RestPerGeneration = 10;

    private static readonly double[] Temperatures = [0.2, ShortTemperature, 1.0, 1.2];

    private readonly int length = run.Options.Tokenizer.Kind == TokenizerKind.Words ? 80 : 400;
    private readonly bool afterEveryEpoch = StyleOf(run.Options) == SampleStyle.Notebook;
    private EpochCompleted? omitted;
    private TimeSpan rest;
    private long? generated;

    /// <summary>How the samples of a run are shown.</summary>
    public static SampleStyle StyleOf(TrainingRunOptions options) =>
        options.SampleStyle ?? (options.Preset == Preset.Notebook.Name ? SampleStyle.Notebook : SampleStyle.Excerpt);

    /// <summary>Generates the samples of an epoch, unless the last ones are too recent.</summary>
    public async ValueTask AddAsync(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        bool isDue = afterEveryEpoch || generated is not long last || clock.GetElapsedTime(last) >= rest;
        omitted = isDue ? null : epoch;
        if (isDue) await GenerateAsync(epoch, cancellationToken);
    }

    /// <summary>Generates the samples of the last epoch, if it has none.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (omitted is { } last) await GenerateAsync(last, cancellationToken);
    }

    private async ValueTask GenerateAsync(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        await report.SamplesAsync();
        long begun = clock.GetTimestamp();
        Generate(epoch, cancellationToken);
        generated = clock.GetTimestamp();
        TimeSpan rested = clock.GetElapsedTime(begun, generated.Value) * RestPerGeneration;
        rest = rested > Interval ? rested : Interval;
    }

    /// <summary>Generates all samples of an epoch. Stops early if the run is interrupted.</summary>
    private void Generate(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        TextGenerator generator = new(run.Model, threads: run.Options.Training.Threads);
        string seed = generator.ChoosePassage(run.Corpus, run.Options.Training.Seed, epoch.Epoch);
        StringBuilder text = new(seed);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}, loss {epoch.Loss:F4}\n\n--- seed\n{seed}\n");
        for (int index = 0; index < Temperatures.Length; index++)
        {
            double temperature = Temperatures[index];
            report.SampleStarted(epoch.Epoch, temperature, index == 0 ? seed : "");
            ulong sampleSeed = run.GetSampleSeed(epoch.Epoch, index);
            GenerationOptions options = new() { MaxTokens = length, Temperature = temperature, Seed = sampleSeed };
            string? sample = Continue(generator, text.ToString(), options, cancellationToken);
            if (sample is null) return;
            text.Append(sample);
            report.SampleCompleted(epoch.Epoch, temperature, sample);
            page.Append(CultureInfo.InvariantCulture, $"\n--- temperature {temperature:F1}\n{sample}\n");
        }

        run.WriteSample(epoch.Epoch, page.ToString());
    }

    private string? Continue(TextGenerator generator, string prompt, GenerationOptions options, CancellationToken cancellationToken)
    {
        StringBuilder sample = new();
        try
        {
            foreach (string piece in generator.Stream(prompt, options, cancellationToken))
            {
                sample.Append(piece);
                report.SamplePiece(piece);
            }

            return sample.ToString();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
