using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The progress bar of the current epoch and a chart of the losses below it, on standard error; nothing at all where that is no terminal.</summary>
internal sealed class EpochProgress(CommandOutput output, int epochs, EpochHistory history, string title = "") : IAsyncDisposable
{
    private const int LineWidth = 40;

    private readonly TerminalProgress? bar = output.ShowsProgress ? new TerminalProgress(output.Console) : null;
    private readonly LossPoints points = new(history);

    public async ValueTask ShowAsync(TrainingProgress progress)
    {
        if (bar is null) return;
        points.Add(progress);
        string facts = string.Create(
            CultureInfo.InvariantCulture,
            $"loss {progress.Loss:F4}  accuracy {progress.Accuracy:F3}  {Quantity.Of(progress.CharactersPerSecond)} characters/s  {Quantity.Of(progress.Remaining)} left");
        await bar.ShowAsync($"{title}epoch {progress.Epoch}/{epochs}", progress.Batch, progress.BatchCount, facts, ChartOf(progress.Loss));
    }

    /// <summary>Takes a measurement within the epoch into the chart, and the bar away, so that something can be written.</summary>
    public ValueTask MeasuredAsync(ValidationMeasured validation)
    {
        points.Add(validation);
        return HideAsync();
    }

    public async ValueTask HideAsync()
    {
        if (bar is not null) await bar.HideAsync();
    }

    public ValueTask DisposeAsync() => HideAsync();

    private LineChart ChartOf(double currentLoss) => new(
        "epoch",
        [new("training", points.Training, Color.Aqua, IsDotted: false), new("validation", points.Validation, Color.Yellow, IsDotted: true)],
        LineOf(currentLoss));

    /// <summary>The loss of each epoch, then that of the current one so far.</summary>
    private string LineOf(double currentLoss)
    {
        if (history.Epochs.Count == 0) return "";
        string blocks = Sparkline.Of(history.Epochs.Select(epoch => epoch.Loss).Append(currentLoss), LineWidth);
        return string.Create(CultureInfo.InvariantCulture, $"loss {history.Epochs[0].Loss:F4} {blocks} {currentLoss:F4}");
    }
}
