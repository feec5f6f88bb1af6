using System.Globalization;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// What the model writes after each epoch, as the notebook shows it: a random window of the corpus, then 400 characters (or bytes, or 80 words
/// and signs, which is about as much) at each of four temperatures, each continuing the text of the one before. Shown, and saved into the run's folder.
/// </summary>
internal sealed class EpochSamples(ActiveTrainingRun run, ITrainingReporter report)
{
    private static readonly double[] Temperatures = [0.2, 0.5, 1.0, 1.2];

    private readonly int length = run.Model.Tokenizer is WordTokenizer ? 80 : 400;

    /// <summary>Writes the samples of one epoch; stops early when the run is to be interrupted.</summary>
    public void Write(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        TrainingOptions options = run.Options.Training;
        TextGenerator generator = new(run.Model, GenerationMode.Window, options.Threads);
        string seed = SampleSeed.WindowOf(run.Corpus, run.Model.Tokenizer, run.Model.Spec.Window, options.Seed, epoch.Epoch);
        StringBuilder text = new(seed);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}, loss {epoch.Loss:F4}\n\n--- seed\n{seed}\n");
        for (int place = 0; place < Temperatures.Length; place++)
        {
            double temperature = Temperatures[place];
            report.SampleBegins(epoch.Epoch, temperature, place == 0 ? seed : "");
            GenerationOptions sampling = new() { MaxTokens = length, Temperature = temperature, Seed = SampleSeed.Of(options.Seed, epoch.Epoch, place) };
            string? sample = Continue(generator, text.ToString(), sampling, cancellationToken);
            if (sample is null) return;
            text.Append(sample);
            report.SampleEnds(epoch.Epoch, temperature, sample);
            page.Append(CultureInfo.InvariantCulture, $"\n--- temperature {temperature:F1}\n{sample}\n");
        }

        run.WriteSample(epoch.Epoch, page.ToString());
    }

    private string? Continue(TextGenerator generator, string prompt, GenerationOptions sampling, CancellationToken cancellationToken)
    {
        StringBuilder sample = new();
        foreach (string piece in generator.Stream(prompt, sampling, CancellationToken.None))
        {
            if (cancellationToken.IsCancellationRequested) return null;
            sample.Append(piece);
            report.Typed(piece);
        }

        return sample.ToString();
    }
}
