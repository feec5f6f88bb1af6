using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Terminal;

/// <summary>Opens and tokenizes the corpus of a command, and shows the progress.</summary>
internal static class CorpusOpening
{
    public static async Task<Corpus> OpenAsync(
        IReadOnlyList<string> sources, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        Corpus corpus = await Corpus.OpenAsync(sources, options with { StandardInput = output.Input }, report, cancellationToken);
        foreach (string note in corpus.Notes) await output.Notes.WriteLineAsync(note);
        return corpus;
    }

    /// <summary>Tokenizes a corpus, which keeps the tokens.</summary>
    public static async Task EncodeAsync(Corpus corpus, Tokenizer tokenizer, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        await corpus.TokenizeAsync(tokenizer, report, cancellationToken);
    }
}
