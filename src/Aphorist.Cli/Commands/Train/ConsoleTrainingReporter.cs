using System.Globalization;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Reports a training run as text: one line for each epoch, then the samples.</summary>
internal sealed class ConsoleTrainingReporter(CommandOutput output, EpochProgress progressBar, ActiveTrainingRun run) : ITrainingReporter
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly int epochs = run.Options.Training.Epochs;

    public async ValueTask StartedAsync(TrainingStarted started)
    {
        string where = run.Validation is { } text ? $"in {text.Name}" : "held out";
        string validation = started.ValidationPredictions == 0
            ? ""
            : string.Create(Culture, $", {started.ValidationPredictions:N0} {where} for validation");
        await output.Notes.WriteLineAsync(string.Create(
            Culture,
            $"{run.Corpus.Name}: {SizeOf(started)}. {Plural.Of(started.Predictions, "prediction")} per epoch{validation}. "
            + $"Run folder: {run.Folder}."));
        if (started.CompletedEpochs > 0) await output.Notes.WriteLineAsync($"Resuming after epoch {started.CompletedEpochs}.");
    }

    public ValueTask ProgressAsync(TrainingProgress progress) => progressBar.ShowAsync(progress);

    public ValueTask PositionAsync(TrainingPosition position) => progressBar.ShowAsync(position);

    public async ValueTask ValidationAsync(ValidationMeasured validation)
    {
        await progressBar.MeasuredAsync(validation);
        output.Result.Announce(string.Create(
            Culture,
            $"epoch {validation.Epoch}/{epochs}, batch {validation.Batch}  validation loss {validation.ValidationLoss:F4}  "
            + $"validation accuracy {validation.ValidationAccuracy:F4}  after {validation.Seconds:F1} s"));
    }

    public async ValueTask EpochAsync(EpochCompleted epoch)
    {
        await progressBar.HideAsync();
        StringBuilder line = new();
        line.Append(Culture, $"epoch {epoch.Epoch}/{epochs}  loss {epoch.Loss:F4}  accuracy {epoch.Accuracy:F4}");
        if (epoch.ValidationLoss is double loss) line.Append(Culture, $"  validation loss {loss:F4}");
        if (epoch.ValidationAccuracy is double accuracy) line.Append(Culture, $"  validation accuracy {accuracy:F4}");
        line.Append(Culture, $"  {epoch.Seconds:F1} s  {Quantity.Of(epoch.CharactersPerSecond)} characters/s");
        output.Result.Announce(line.ToString());
    }

    public async ValueTask LimitAsync(ValidationLimited limit)
    {
        await progressBar.HideAsync();
        await output.Notes.WriteLineAsync(Sentence(limit));
    }

    public async ValueTask DivergenceAsync(DivergenceDetected divergence)
    {
        await progressBar.HideAsync();
        await output.Notes.WriteLineAsync(Sentence(divergence));
    }

    public void SampleStarted(int epoch, double temperature, string seed)
    {
        string heading = string.Create(Culture, $"--- temperature {temperature:F1}");
        output.Result.Announce(seed.Length == 0 ? heading : $"--- seed\n{seed}\n{heading}");
    }

    public void SamplePiece(string piece) => output.Result.Type(piece);

    public void SampleCompleted(int epoch, double temperature, string text) => output.Result.Announce("");

    public async ValueTask CompletedAsync(TrainingCompleted completed)
    {
        await progressBar.HideAsync();
        await output.Notes.WriteLineAsync(string.Create(
            Culture, $"Trained for {Plural.Of(completed.Epochs, "epoch")} in {completed.Seconds:F0} s."));
        await output.Notes.WriteLineAsync($"Generate text with: aphorist generate {ShellWord.Of(run.BestModelPath)} --prompt \"...\"");
        output.Result.Announce(run.BestModelPath);
    }

    public ValueTask DisposeAsync() => progressBar.DisposeAsync();

    /// <summary>Says how much of the validation set is measured.</summary>
    public static string Sentence(ValidationLimited limit) => string.Create(
        Culture,
        $"Each validation measures {limit.Predictions:N0} of {limit.ValidationPredictions:N0} tokens, always the same ones "
        + $"(see --validation-tokens).");

    /// <summary>Says what happened and what is done about it.</summary>
    public static string Sentence(DivergenceDetected divergence) => string.Create(
        Culture,
        $"The loss rose to {divergence.Loss:F2} in epoch {divergence.Epoch} (expected about {divergence.ExpectedLoss:F2}). "
        + $"Restored the last good weights; the learning rate is now {divergence.LearningRate:G4}.");

    private string SizeOf(TrainingStarted started) => Plural.Of(started.Characters, "character") + TokensOf(started);

    private string TokensOf(TrainingStarted started) => run.Options.Tokenizer.Kind switch
    {
        TokenizerKind.Words => string.Create(Culture, $", {Plural.Of(started.Tokens, "token")}, {started.VocabularySize:N0} distinct"),
        TokenizerKind.Bytes => $", {Plural.Of(started.Tokens, "byte")}",
        _ => $", {started.VocabularySize} distinct",
    };
}
