using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Terminal;

/// <summary>Shows a download: a bar on a terminal, one line elsewhere.</summary>
internal sealed class DownloadReport(CommandOutput output) : IProgress<DownloadProgress>, IAsyncDisposable
{
    private TerminalProgress? bar;
    private bool told;

    public void Report(DownloadProgress value)
    {
        if (output.ShowsProgress)
        {
            bar ??= new TerminalProgress(output.Console);
            string facts = $"{Quantity.Of(value.BytesReceived)}B of {Quantity.Of(value.TotalBytes)}B";
            bar.ShowAsync($"downloading {value.Name}", value.BytesReceived, value.TotalBytes, facts).AsTask().Wait();
        }
        else if (!told)
        {
            told = true;
            output.Notes.WriteLine($"Downloading {value.Name}, {Quantity.Of(value.TotalBytes)}B.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (bar is not null) await bar.HideAsync();
    }
}
