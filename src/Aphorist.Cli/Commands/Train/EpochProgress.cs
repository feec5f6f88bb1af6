using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// The progress of the current epoch: a bar with a chart of the losses below it if standard error is a terminal. Elsewhere it is a line
/// whenever nothing else was written for some time.
/// </summary>
internal sealed class EpochProgress(
    CommandOutput output, int epochs, LossHistory history, string title = "", TimeProvider? time = null) : IAsyncDisposable
{
    /// <summary>The time between two lines.</summary>
    public static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(30);

    private readonly TerminalProgress? bar = output.ShowsProgress ? new TerminalProgress(output.Console) : null;
    private readonly TimeProvider clock = time ?? TimeProvider.System;
    private long lastLine = (time ?? TimeProvider.System).GetTimestamp();
    private TrainingProgress? last;

    /// <summary>Shows the progress after a batch.</summary>
    public ValueTask ShowAsync(TrainingProgress progress)
    {
        last = progress;
        history.Add(progress);
        return ShowAsync(progress.Epoch, progress.Batch, progress.BatchCount, FactsOf(progress));
    }

    /// <summary>Shows the progress within a slow batch or validation.</summary>
    public ValueTask ShowAsync(TrainingPosition position)
    {
        string share = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * position.Share):F0} %");
        string facts = position.IsValidating ? $"validation {share}" : $"batch {position.Batch + 1}/{position.BatchCount} {share}";
        if (last is not null && last.Epoch == position.Epoch) facts += "  " + FactsOf(last);
        double done = position.Batch + (position.IsValidating ? 0 : position.Share);
        return ShowAsync(position.Epoch, done, position.BatchCount, facts);
    }

    /// <summary>Adds a validation within the epoch to the chart and hides the bar, so that other text can be written.</summary>
    public ValueTask MeasuredAsync(ValidationMeasured validation)
    {
        history.Add(validation);
        return HideAsync();
    }

    public async ValueTask HideAsync()
    {
        lastLine = clock.GetTimestamp();
        if (bar is not null) await bar.HideAsync();
    }

    public ValueTask DisposeAsync() => HideAsync();

    private static string FactsOf(TrainingProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {progress.Loss:F4}  accuracy {progress.Accuracy:F3}  {Quantity.Of(progress.CharactersPerSecond)} characters/s  "
        + $"{Quantity.Of(progress.Remaining)} left");

    private async ValueTask ShowAsync(int epoch, double batches, int batchCount, string facts)
    {
        string heading = $"{title}epoch {epoch}/{epochs}";
        if (bar is not null)
        {
            LineChart chart = new(
                "epoch",
                [
                    new("training", history.Training, Color.Aqua, IsDotted: false),
                    new("validation", history.Validation, Color.Yellow, IsDotted: true),
                ]);
            await bar.ShowAsync(heading, batches, batchCount, facts, chart);
        }
        else if (clock.GetElapsedTime(lastLine) >= LineInterval)
        {
            lastLine = clock.GetTimestamp();
            string share = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * batches / batchCount):F0} %");
            await output.Notes.WriteLineAsync($"{heading} {share}  {facts}");
        }
    }
}
