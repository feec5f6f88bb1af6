using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Opens and tokenizes the corpus of a run, and shows the progress.</summary>
internal static class CorpusOpening
{
    public static async Task<Corpus> OpenAsync(
        IReadOnlyList<string> sources, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        Corpus corpus;
        await using (CorpusProgressReport report = new(output)) corpus = await Corpus.OpenAsync(sources, options, report, cancellationToken);
        foreach (string note in corpus.Notes) await output.Notes.WriteLineAsync(note);
        return corpus;
    }

    /// <summary>Makes the tokenizer of a corpus.</summary>
    public static async Task<Tokenizer> MakeTokenizerAsync(TokenizerOptions options, Corpus corpus, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        return await Tokenizer.CreateAsync(corpus, options, report, cancellationToken);
    }

    /// <summary>Tokenizes a corpus, which keeps the tokens.</summary>
    public static async Task EncodeAsync(Corpus corpus, Tokenizer tokenizer, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        await corpus.TokenizeAsync(tokenizer, report, cancellationToken);
    }

    /// <summary>Refuses a corpus that nothing can be learnt from, before a folder is made for it.</summary>
    public static void Check(Corpus corpus, Tokenizer tokenizer, int window)
    {
        long length = corpus.TokensOf(tokenizer).Count;
        if (length <= window)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{corpus.Name}' has {length:N0} {tokenizer.UnitName}, but a window of {window:N0} needs more than that: give a longer text or a smaller --window."));
        }

        if (tokenizer.VocabularySize < 2)
            throw new InvalidDataException($"'{corpus.Name}' repeats a single character: give a text with at least two different ones.");
    }
}
