using System.Diagnostics;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Terminal;

/// <summary>Shows work on a corpus: a progress bar with its speed on a terminal, one line elsewhere.</summary>
internal sealed class CorpusProgressReport(CommandOutput output) : IProgress<CorpusProgress>, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch clock = new();
    private (CorpusStage Stage, string Name)? work;
    private TimeSpan shown;
    private TerminalProgress? bar;
    private Task showing = Task.CompletedTask;

    public void Report(CorpusProgress value)
    {
        (string verb, string unit) = value.Stage switch
        {
            CorpusStage.Download => ("downloading", "B"),
            CorpusStage.Cache => ("preparing", "B"),
            CorpusStage.CountWords => ("counting the words of", " characters"),
            CorpusStage.Tokenize => ("tokenizing", " characters"),
            CorpusStage.Compare => ("comparing with", " characters"),
            _ => ("reading", " tokens"),
        };
        bool isNew = work != (value.Stage, value.Name);
        if (isNew)
        {
            work = (value.Stage, value.Name);
            clock.Restart();
            string title = $"{char.ToUpperInvariant(verb[0])}{verb[1..]} {value.Name}";
            if (!output.ShowsProgress) output.Notes.WriteLine($"{title}, {Quantity.Of(value.Total)}{unit}.");
        }

        // The bar may lag behind, but it never holds up the work.
        if (!output.ShowsProgress || !showing.IsCompleted || (!isNew && clock.Elapsed - shown < Interval)) return;
        shown = clock.Elapsed;
        bar ??= new TerminalProgress(output.Console);
        string speed = Quantity.Of(value.Done / Math.Max(clock.Elapsed.TotalSeconds, 0.01));
        string facts = $"{Quantity.Of(value.Done)}{unit} of {Quantity.Of(value.Total)}{unit}, {speed}{unit}/s";
        showing = bar.ShowAsync($"{verb} {value.Name}", value.Done, value.Total, facts).AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        await showing;
        if (bar is not null) await bar.HideAsync();
    }
}
