using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// The progress of the current epoch, or of the whole run if it has a time limit: a bar with a chart of the losses below it if standard
/// error is a terminal. Elsewhere it is a line whenever nothing else was written for some time.
/// </summary>
internal sealed class EpochProgress(CommandOutput output, RunExtent extent, LossHistory history, string title = "") : IAsyncDisposable
{
    /// <summary>The time between two lines.</summary>
    public static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(30);

    private readonly TerminalProgress? bar = output.ShowsProgress ? new TerminalProgress(output.Console) : null;
    private readonly TimeProvider clock = output.Console.Time;
    private long lastLine = output.Console.Time.GetTimestamp();
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
        if (last is not null && last.Epoch == position.Epoch) facts += "  " + LossOf(last);
        double done = position.Batch + (position.IsValidating ? 0 : position.Share);
        return ShowAsync(position.Epoch, done, position.BatchCount, facts);
    }

    /// <summary>Shows a completed epoch that gets no line of its own.</summary>
    public ValueTask ShowAsync(EpochCompleted epoch) => ShowAsync(epoch.Epoch, 1, 1, LossesOf(epoch));

    /// <summary>The losses of an epoch: "loss 1.2345  validation 1.3011".</summary>
    public static string LossesOf(EpochCompleted epoch)
    {
        string training = string.Create(CultureInfo.InvariantCulture, $"loss {epoch.Loss:F4}");
        return epoch.ValidationLoss is double loss
            ? string.Create(CultureInfo.InvariantCulture, $"{training}  validation {loss:F4}")
            : training;
    }

    /// <summary>Adds a validation within the epoch to the chart.</summary>
    public void Add(ValidationMeasured validation) => history.Add(validation);

    /// <summary>Hides the bar, so that other text can be written.</summary>
    public async ValueTask HideAsync()
    {
        lastLine = clock.GetTimestamp();
        if (bar is not null) await bar.HideAsync();
    }

    public ValueTask DisposeAsync() => HideAsync();

    private static string LossOf(TrainingProgress progress) => string.Create(CultureInfo.InvariantCulture, $"loss {progress.Loss:F4}");

    // Wider facts would not fit beside a bar in 80 columns.
    private string FactsOf(TrainingProgress progress)
    {
        string facts = $"{LossOf(progress)}  {Quantity.Of(progress.CharactersPerSecond)} characters/s";
        return extent.IsTimed ? facts : $"{facts}  {Quantity.Of(progress.Remaining)} left";
    }

    private async ValueTask ShowAsync(int epoch, double batches, int batchCount, string facts)
    {
        string heading = title + extent.In(epoch);
        double share = extent.Share(epoch, batches / batchCount);
        if (bar is not null)
        {
            LineChart chart = new(
                "epoch",
                [
                    new("training", history.Training, Color.Aqua, IsDotted: false),
                    new("validation", history.Validation, Color.Yellow, IsDotted: true),
                ]);
            await bar.ShowAsync(heading, share, 1, facts, chart);
        }
        else if (clock.GetElapsedTime(lastLine) >= LineInterval)
        {
            lastLine = clock.GetTimestamp();
            string percent = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * share):F0} %");
            await output.Notes.WriteLineAsync($"{heading} {percent}  {facts}");
        }
    }
}
