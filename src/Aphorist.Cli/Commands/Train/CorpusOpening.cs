using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Opens and tokenizes the corpus of a run, and shows the progress.</summary>
internal static class CorpusOpening
{
    public static async Task<Corpus> OpenAsync(
        IReadOnlyList<string> sources, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        await using DownloadReport download = new(output);
        await using PreparationReport preparation = new(output, "preparing", "B");
        return await CorpusSource.OpenAsync(sources, options, output.Console.Input, download, preparation, cancellationToken);
    }

    /// <summary>Tokenizes a corpus, which keeps the tokens.</summary>
    public static async Task EncodeAsync(Corpus corpus, Tokenizer tokenizer, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        await corpus.TokenizeAsync(tokenizer, report, cancellationToken);
    }
}
