using System.Diagnostics;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>A bar on a terminal while many texts are written elsewhere.</summary>
/// <param name="output">Where to.</param>
/// <param name="total">How many texts there will be.</param>
/// <param name="isHidden">Whether the texts themselves are to be seen.</param>
internal sealed class GenerationReport(CommandOutput output, int total, bool isHidden) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan shown;
    private TerminalProgress? bar;
    private int done;

    /// <summary>Tells of one more text.</summary>
    public async ValueTask AddAsync()
    {
        done++;
        if (isHidden || total == 1 || !output.ShowsProgress || clock.Elapsed - shown < Interval) return;
        shown = clock.Elapsed;
        bar ??= new TerminalProgress(output.Console);
        await bar.ShowAsync("writing", done, total, $"{Quantity.Of(done)} of {Quantity.Of(total)} texts, {Quantity.Of(done / clock.Elapsed.TotalSeconds)}/s");
    }

    public async ValueTask DisposeAsync()
    {
        if (bar is not null) await bar.HideAsync();
    }
}
