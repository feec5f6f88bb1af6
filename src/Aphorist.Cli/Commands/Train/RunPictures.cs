using System.Diagnostics;
using Aphorist.Cli.Commands.Plot;

namespace Aphorist.Cli.Commands.Train;

/// <summary>loss.png and loss.svg in a run's folder, drawn beside the training. A picture that cannot be drawn is told of once and stops nothing.</summary>
internal sealed class RunPictures(string folder, EpochHistory history, TextWriter notes) : IAsyncDisposable
{
    private static readonly string[] Files = [LossPicture.UsualName, "loss.svg"];

    // Drawing takes part of a processor from the training, and where epochs are short it may not take much.
    private const int RestPerDrawing = 10;

    private readonly Stopwatch sinceDrawn = new();
    private Task<TimeSpan> drawing = Task.FromResult(TimeSpan.Zero);
    private int drawnEpochs;
    private string? failure;
    private bool isTold;

    /// <summary>Begins to draw all epochs so far; leaves it to a later call while the last drawing is too near.</summary>
    public void Refresh()
    {
        if (!drawing.IsCompleted || sinceDrawn.Elapsed < drawing.Result * RestPerDrawing) return;
        Tell();
        Begin();
    }

    /// <summary>Draws what is not drawn yet and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await drawing;
        if (drawnEpochs < history.Epochs.Count)
        {
            Begin();
            await drawing;
        }

        Tell();
    }

    private void Begin()
    {
        drawnEpochs = history.Epochs.Count;
        LossCurve curve = new(RunCurves.NameOf(folder), [.. history.Epochs]);
        drawing = Task.Run(() => Draw(curve));
    }

    private TimeSpan Draw(LossCurve curve)
    {
        Stopwatch clock = Stopwatch.StartNew();
        try
        {
            foreach (string file in Files) LossPicture.Write([curve], LossAxis.Epoch, Path.Combine(folder, file));
        }
        catch (Exception exception)
        {
            failure ??= exception.Message.ReplaceLineEndings(" ");
        }

        sinceDrawn.Restart();
        return clock.Elapsed;
    }

    private void Tell()
    {
        if (failure is null || isTold) return;
        isTold = true;
        notes.WriteLine($"The losses could not be drawn, but training goes on: {failure}");
    }
}
