using System.Globalization;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// What the model writes after each epoch, as the notebook shows it: a random window of the corpus, then 400 characters (or bytes, or 80 words
/// and signs, which is about as much) at each of four temperatures, each continuing the text of the one before. Shown, and saved into the run's folder.
/// </summary>
internal sealed class EpochSamples(LanguageModel model, Corpus corpus, TrainingOptions options, RunFolder folder, ITrainingReporter report)
{
    private static readonly double[] Temperatures = [0.2, 0.5, 1.0, 1.2];

    private readonly int length = model.Tokenizer.Kind == TokenizerKind.Words ? 80 : 400;

    /// <summary>Writes the samples of one epoch; stops early when the run is to be interrupted.</summary>
    public void Write(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        TextGenerator generator = new(model, GenerationMode.Window, options.Threads);
        string seed = SampleSeed.WindowOf(corpus, model.Tokenizer, model.Spec.Window, options.Seed, epoch.Epoch);
        StringBuilder text = new(seed);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}, loss {epoch.Loss:F4}\n\n--- seed\n{seed}\n");
        for (int place = 0; place < Temperatures.Length; place++)
        {
            double temperature = Temperatures[place];
            report.SampleBegins(epoch.Epoch, temperature, place == 0 ? seed : "");
            SamplingOptions sampling = new() { Temperature = temperature, Seed = SampleSeed.Of(options.Seed, epoch.Epoch, place) };
            string? sample = Continue(generator, text.ToString(), sampling, cancellationToken);
            if (sample is null) return;
            text.Append(sample);
            report.SampleEnds(epoch.Epoch, temperature, sample);
            page.Append(CultureInfo.InvariantCulture, $"\n--- temperature {temperature:F1}\n{sample}\n");
        }

        folder.WriteSample(epoch.Epoch, page.ToString());
    }

    private string? Continue(TextGenerator generator, string prompt, SamplingOptions sampling, CancellationToken cancellationToken)
    {
        StringBuilder sample = new();
        foreach (string piece in generator.Stream(prompt, sampling, length))
        {
            if (cancellationToken.IsCancellationRequested) return null;
            sample.Append(piece);
            report.Typed(piece);
        }

        return sample.ToString();
    }
}
