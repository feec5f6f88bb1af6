using System.Diagnostics;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Terminal;

/// <summary>Shows the work that a large text takes before training: a bar with its speed on a terminal, one line elsewhere.</summary>
/// <param name="output">Where to.</param>
/// <param name="work">What is being done to the text, such as "preparing".</param>
/// <param name="unit">What is counted, such as "B".</param>
internal sealed class PreparationReport(CommandOutput output, string work, string unit) : IProgress<PreparationProgress>, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch clock = new();
    private TimeSpan shown;
    private TerminalProgress? bar;

    public void Report(PreparationProgress value)
    {
        if (!clock.IsRunning)
        {
            clock.Start();
            if (!output.ShowsProgress) output.Notes.WriteLine($"{char.ToUpperInvariant(work[0])}{work[1..]} {value.Name}, {Quantity.Of(value.Total)}{unit}.");
        }

        if (!output.ShowsProgress || (bar is not null && clock.Elapsed - shown < Interval)) return;
        shown = clock.Elapsed;
        bar ??= new TerminalProgress(output.Console);
        string facts = $"{Quantity.Of(value.Done)}{unit} of {Quantity.Of(value.Total)}{unit}, {Quantity.Of(value.Done / Math.Max(clock.Elapsed.TotalSeconds, 0.01))}{unit}/s";
        bar.ShowAsync($"{work} {value.Name}", value.Done, value.Total, facts).AsTask().Wait();
    }

    public async ValueTask DisposeAsync()
    {
        if (bar is not null) await bar.HideAsync();
    }
}
