using System.Globalization;
using System.Text;
using Aphorist.Numerics;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// Generates samples after each epoch, as the notebook does: from a random window of the corpus, 400 characters or bytes (or 80 tokens of
/// words, which is
/// about as long) at each of four temperatures, each continuing the text of the one before. They are shown and saved in the run folder.
/// </summary>
internal sealed class EpochSamples(ActiveTrainingRun run, ITrainingReporter report)
{
    private static readonly double[] Temperatures = [0.2, 0.5, 1.0, 1.2];

    private readonly int length = run.Options.Tokenizer.Kind == TokenizerKind.Words ? 80 : 400;

    /// <summary>Generates the samples of one epoch. Stops early if the run is interrupted.</summary>
    public void Generate(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        (LanguageModel model, ulong runSeed) = (run.Model, run.Options.Training.Seed);
        TextGenerator generator = new(model, GenerationMode.Window, run.Options.Training.Threads);
        string seed = SampleSeed.WindowOf(run.Corpus, model.Tokenizer, model.Spec.Window, runSeed, epoch.Epoch);
        StringBuilder text = new(seed);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}, loss {epoch.Loss:F4}\n\n--- seed\n{seed}\n");
        for (int index = 0; index < Temperatures.Length; index++)
        {
            double temperature = Temperatures[index];
            report.SampleStarted(epoch.Epoch, temperature, index == 0 ? seed : "");
            ulong sampleSeed = SampleSeed.Of(runSeed, epoch.Epoch, index);
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
        foreach (string piece in generator.Stream(prompt, options, CancellationToken.None))
        {
            if (cancellationToken.IsCancellationRequested) return null;
            sample.Append(piece);
            report.SamplePiece(piece);
        }

        return sample.ToString();
    }
}

/// <summary>The seeds of samples: random, but the same for every repetition of a run.</summary>
internal static class SampleSeed
{
    private const ulong WindowIndex = 0;
    private const ulong FirstTemperatureIndex = 1;

    /// <summary>The seed at one temperature. It depends on the seed of the run, the epoch and the index of the temperature only.</summary>
    public static ulong Of(ulong seed, int epoch, int index) => StreamOf(seed, epoch).Bits(FirstTemperatureIndex + (ulong)index);

    /// <summary>A random window of the corpus as text.</summary>
    public static string WindowOf(Corpus corpus, Tokenizer tokenizer, int window, ulong seed, int epoch)
    {
        long count = corpus.CountTokens(tokenizer), start = StreamOf(seed, epoch).Below(WindowIndex, Math.Max(count - window, 1));
        int[] ids = new int[(int)Math.Min(window, count - start)];
        corpus.ReadTokens(tokenizer, start, ids);
        // A window of bytes can begin and end within a character.
        return tokenizer.Decode(ids).Trim('\uFFFD');
    }

    private static RandomStream StreamOf(ulong seed, int epoch) => new(seed, RandomPurpose.SampleSeed, (uint)epoch);
}
