using System.Globalization;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>A training run for people: a line an epoch and what the model writes.</summary>
internal sealed class ConsoleTrainingReporter(CommandOutput output, EpochProgress progressBar, TrainingRunOptions options, string corpus, string folder) : ITrainingReporter
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly int epochs = options.Training.Epochs;

    public async ValueTask StartedAsync(TrainingStarted started)
    {
        string where = options.ValidationText is string text ? $"of {text} to measure on" : "held out";
        string heldOut = started.ValidationPredictions == 0 ? "" : string.Create(Culture, $" and {started.ValidationPredictions:N0} {where}");
        await output.Notes.WriteLineAsync(string.Create(
            Culture,
            $"{corpus}: {SizeOf(started)}, {started.Predictions:N0} predictions an epoch{heldOut}. Writing to {folder}."));
        if (started.CompletedEpochs > 0) await output.Notes.WriteLineAsync($"Going on after epoch {started.CompletedEpochs}.");
    }

    public ValueTask ProgressAsync(TrainingProgress progress) => progressBar.ShowAsync(progress);

    public async ValueTask ValidationAsync(ValidationMeasured validation)
    {
        await progressBar.MeasuredAsync(validation);
        output.Result.Announce(string.Create(
            Culture,
            $"epoch {validation.Epoch}/{epochs}, batch {validation.Batch}  validation loss {validation.ValidationLoss:F4}  validation accuracy {validation.ValidationAccuracy:F4}  after {validation.Seconds:F1} s"));
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

    public async ValueTask DivergenceAsync(DivergenceDetected divergence)
    {
        await progressBar.HideAsync();
        await output.Notes.WriteLineAsync(Sentence(divergence));
    }

    public void SampleBegins(int epoch, double temperature, string seed)
    {
        string heading = string.Create(Culture, $"--- temperature {temperature:F1}");
        output.Result.Announce(seed.Length == 0 ? heading : $"--- seed\n{seed}\n{heading}");
    }

    public void Typed(string piece) => output.Result.Type(piece);

    public void SampleEnds(int epoch, double temperature, string text) => output.Result.Announce("");

    public async ValueTask CompletedAsync(TrainingCompleted completed, string model)
    {
        await progressBar.HideAsync();
        await output.Notes.WriteLineAsync(string.Create(Culture, $"Done: {completed.Epochs} {(completed.Epochs == 1 ? "epoch" : "epochs")} in {completed.Seconds:F0} s of training."));
        await output.Notes.WriteLineAsync($"Write with it: aphorist generate {ShellWord.Of(model)} --prompt \"...\"");
        output.Result.Announce(model);
    }

    public ValueTask DisposeAsync() => progressBar.DisposeAsync();

    /// <summary>What happened, and what is done about it.</summary>
    public static string Sentence(DivergenceDetected divergence) => string.Create(
        Culture,
        $"The loss rose to {divergence.Loss:F2} in epoch {divergence.Epoch} (expected about {divergence.ExpectedLoss:F2}): back to the last good "
        + $"weights, with the learning rate {divergence.LearningRate:G4}.");

    private string SizeOf(TrainingStarted started) => string.Create(Culture, $"{started.Characters:N0} characters") + options.Tokenizer.Kind switch
    {
        TokenizerKind.Words => string.Create(Culture, $", {started.Tokens:N0} tokens, {started.VocabularySize:N0} different"),
        TokenizerKind.Bytes => string.Create(Culture, $", {started.Tokens:N0} bytes"),
        _ => $", {started.VocabularySize} distinct",
    };
}
