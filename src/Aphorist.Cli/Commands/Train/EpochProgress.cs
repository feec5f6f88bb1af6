using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// The progress bar of the current epoch, with a chart of the losses below it. Shown only if standard error is a terminal.
/// </summary>
internal sealed class EpochProgress(CommandOutput output, int epochs, LossHistory history, string title = "") : IAsyncDisposable
{
    private readonly TerminalProgress? bar = output.ShowsProgress ? new TerminalProgress(output.Console) : null;

    public async ValueTask ShowAsync(TrainingProgress progress)
    {
        if (bar is null) return;
        history.Add(progress);
        string facts = string.Create(
            CultureInfo.InvariantCulture,
            $"loss {progress.Loss:F4}  accuracy {progress.Accuracy:F3}  {Quantity.Of(progress.CharactersPerSecond)} characters/s  "
            + $"{Quantity.Of(progress.Remaining)} left");
        LineChart chart = new(
            "epoch",
            [
                new("training", history.Training, Color.Aqua, IsDotted: false),
                new("validation", history.Validation, Color.Yellow, IsDotted: true),
            ]);
        await bar.ShowAsync($"{title}epoch {progress.Epoch}/{epochs}", progress.Batch, progress.BatchCount, facts, chart);
    }

    /// <summary>Adds a validation within the epoch to the chart and hides the bar, so that other text can be written.</summary>
    public ValueTask MeasuredAsync(ValidationMeasured validation)
    {
        history.Add(validation);
        return HideAsync();
    }

    public async ValueTask HideAsync()
    {
        if (bar is not null) await bar.HideAsync();
    }

    public ValueTask DisposeAsync() => HideAsync();
}
