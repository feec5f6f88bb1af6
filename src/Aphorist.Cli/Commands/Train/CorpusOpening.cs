using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Opens the corpus of a run, showing a download where one is needed, and the preparation of a large text.</summary>
internal static class CorpusOpening
{
    public static async Task<Corpus> OpenAsync(
        IReadOnlyList<string> sources, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        await using DownloadReport download = new(output);
        await using PreparationReport preparation = new(output, "preparing", "B");
        return await CorpusSource.OpenAsync(sources, options, output.Console.Input, download, preparation, cancellationToken);
    }

    /// <summary>Cuts a corpus into tokens, which it then keeps.</summary>
    public static async Task EncodeAsync(Corpus corpus, Tokenizer tokenizer, CommandOutput output, CancellationToken cancellationToken)
    {
        await using PreparationReport report = new(output, "cutting into tokens", " characters");
        corpus.TokensOf(tokenizer, report, cancellationToken);
    }
}
