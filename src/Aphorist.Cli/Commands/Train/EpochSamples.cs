using System.Globalization;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// Generates samples after each epoch, as the notebook does: from a random window of the corpus, 400 characters or bytes (or 80 tokens of
/// words, which is about as long) at each of four temperatures, each continuing the text of the one before. They are shown and
/// saved in the run folder.
/// </summary>
internal sealed class EpochSamples(ActiveTrainingRun run, ITrainingReporter report)
{
    private static readonly double[] Temperatures = [0.2, 0.5, 1.0, 1.2];

    private readonly int length = run.Options.Tokenizer.Kind == TokenizerKind.Words ? 80 : 400;

    /// <summary>Generates the samples of one epoch. Stops early if the run is interrupted.</summary>
    public void Generate(EpochCompleted epoch, CancellationToken cancellationToken)
    {
        TextGenerator generator = new(run.Model, GenerationMode.Window, run.Options.Training.Threads);
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
