using System.Globalization;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Training;

/// <summary>The progress bar of the current epoch, on standard error; nothing at all where that is no terminal.</summary>
internal sealed class EpochProgress(bool isVisible, int epochs, EpochHistory history) : IAsyncDisposable
{
    private const int ChartWidth = 40;

    private readonly TerminalProgress? bar = isVisible ? new TerminalProgress() : null;

    public async ValueTask ShowAsync(TrainingProgress progress)
    {
        if (bar is null) return;
        string facts = string.Create(
            CultureInfo.InvariantCulture,
            $"loss {progress.Loss:F4}  accuracy {progress.Accuracy:F3}  {Quantity.Of(progress.CharactersPerSecond)} characters/s  {Quantity.Of(progress.Remaining)} left");
        await bar.ShowAsync($"epoch {progress.Epoch}/{epochs}", progress.Batch, progress.BatchCount, facts, ChartOf(progress.Loss));
    }

    public async ValueTask HideAsync()
    {
        if (bar is not null) await bar.HideAsync();
    }

    public ValueTask DisposeAsync() => HideAsync();

    /// <summary>The loss of each epoch, then that of the current one so far.</summary>
    private string ChartOf(double currentLoss)
    {
        if (history.Epochs.Count == 0) return "";
        string blocks = Sparkline.Of(history.Epochs.Select(epoch => epoch.Loss).Append(currentLoss), ChartWidth);
        return string.Create(CultureInfo.InvariantCulture, $"loss {history.Epochs[0].Loss:F4} {blocks} {currentLoss:F4}");
    }
}
