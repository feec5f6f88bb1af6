using System.Globalization;
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

    /// <summary>Makes the tokenizer of a corpus.</summary>
    public static async Task<Tokenizer> MakeTokenizerAsync(TokenizerOptions options, Corpus corpus, CommandOutput output, CancellationToken cancellationToken)
    {
        await using PreparationReport report = new(output, "counting the words of", " characters");
        return options.CreateTokenizer(corpus, report, cancellationToken);
    }

    /// <summary>Cuts a corpus into tokens, which it then keeps.</summary>
    public static async Task EncodeAsync(Corpus corpus, Tokenizer tokenizer, CommandOutput output, CancellationToken cancellationToken)
    {
        await using PreparationReport report = new(output, "cutting into tokens", " characters");
        corpus.TokensOf(tokenizer, report, cancellationToken);
    }

    /// <summary>Refuses a corpus that nothing can be learnt from, before a folder is made for it.</summary>
    public static void Check(Corpus corpus, Tokenizer tokenizer, int window)
    {
        (long length, string unit) = tokenizer is CharacterTokenizer ? (corpus.CharacterCount, "characters") : (corpus.TokensOf(tokenizer).Count, "tokens");
        if (length <= window)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{corpus.Name}' has {length:N0} {unit}, but a window of {window:N0} needs more than that: give a longer text or a smaller --window."));
        }

        if (tokenizer.VocabularySize < 2)
            throw new InvalidDataException($"'{corpus.Name}' repeats a single character: give a text with at least two different ones.");
    }
}
