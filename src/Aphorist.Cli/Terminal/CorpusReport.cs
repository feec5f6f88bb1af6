using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Terminal;

/// <summary>Shows what is done to a corpus before it is used: one bar or one line for each stage.</summary>
internal sealed class CorpusReport(CommandOutput output) : IProgress<CorpusProgress>, IAsyncDisposable
{
    private readonly DownloadReport download = new(output);
    private readonly PreparationReport caching = new(output, "preparing", "B");
    private readonly PreparationReport counting = new(output, "counting the words of", " characters");
    private readonly PreparationReport tokenizing = new(output, "cutting into tokens", " characters");

    private IAsyncDisposable? current;

    public void Report(CorpusProgress value)
    {
        IAsyncDisposable report = value.Stage == CorpusStage.Downloading ? download : PreparationOf(value.Stage);
        // One bar at a time.
        if (current is not null && current != report) current.DisposeAsync().AsTask().Wait();
        current = report;
        if (value.Stage == CorpusStage.Downloading)
        {
            download.Report(new DownloadProgress(value.Name, value.Done, value.Total));
            return;
        }

        PreparationOf(value.Stage).Report(new PreparationProgress(value.Name, value.Done, value.Total));
    }

    public async ValueTask DisposeAsync()
    {
        if (current is not null) await current.DisposeAsync();
    }

    private PreparationReport PreparationOf(CorpusStage stage) =>
        stage switch { CorpusStage.Caching => caching, CorpusStage.CountingWords => counting, _ => tokenizing };
}
