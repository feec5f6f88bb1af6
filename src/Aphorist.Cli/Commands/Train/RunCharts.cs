using System.Diagnostics;
using Aphorist.Cli.Commands.Plot;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// Draws loss.png and loss.svg into the run folder in the background. A failure is reported once and does not stop training.
/// </summary>
internal sealed class RunCharts(string folder, LossHistory history, TextWriter notes) : IAsyncDisposable
{
    private static readonly string[] Files = [LossChart.DefaultName, "loss.svg"];

    // Drawing takes processor time from training. With short epochs it may take a tenth of the time.
    private const int RestPerDrawing = 10;

    // Within an epoch, the chart changes less.
    private const int RestWithinEpoch = 100;

    private readonly Stopwatch sinceDrawn = new();
    private Task<TimeSpan> drawing = Task.FromResult(TimeSpan.Zero);
    private (int Epochs, int Steps) drawn;
    private string? failure;
    private bool isReported;

    /// <summary>Starts drawing, unless the last drawing was too recent.</summary>
    /// <param name="isWithinEpoch">Whether only steps are new.</param>
    public void Refresh(bool isWithinEpoch = false)
    {
        int rest = isWithinEpoch ? RestWithinEpoch : RestPerDrawing;
        if (!drawing.IsCompleted || sinceDrawn.Elapsed < drawing.Result * rest) return;
        ReportFailure();
        Start();
    }

    /// <summary>Draws what has not been drawn yet and waits for it.</summary>
    public async ValueTask CompleteAsync()
    {
        await drawing;
        if (drawn != (history.Epochs.Count, history.Steps.Count))
        {
            Start();
            await drawing;
        }
    }

    /// <summary>Draws what has not been drawn yet, waits for it, and reports a failure.</summary>
    public async ValueTask DisposeAsync()
    {
        await CompleteAsync();
        ReportFailure();
    }

    private void Start()
    {
        drawn = (history.Epochs.Count, history.Steps.Count);
        LossCurve curve = new(LossCurve.NameOf(folder), [.. history.Epochs], [.. history.Steps]);
        drawing = Task.Run(() => Draw(curve));
    }

    private TimeSpan Draw(LossCurve curve)
    {
        Stopwatch clock = Stopwatch.StartNew();
        try
        {
            // Fractions of the first epoch say little.
            LossAxis axis = curve.Steps.Count > 0 && curve.Steps[^1].Epoch < 1 ? LossAxis.Tokens : LossAxis.Epoch;
            foreach (string file in Files) LossChart.Write([curve], axis, Path.Combine(folder, file));
        }
        catch (Exception exception)
        {
            failure ??= exception.Message.ReplaceLineEndings(" ");
        }

        sinceDrawn.Restart();
        return clock.Elapsed;
    }

    private void ReportFailure()
    {
        if (failure is null || isReported) return;
        isReported = true;
        notes.WriteLine($"Cannot draw the losses, training continues: {failure}");
    }
}
