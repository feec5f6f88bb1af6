using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Corpora;
using Aphorist.Text;

namespace Aphorist.Cli.Training;

/// <summary>Opens the corpus of a run, showing a download where one is needed.</summary>
internal static class CorpusOpening
{
    public static async Task<Corpus> OpenAsync(
        IReadOnlyList<string> sources, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        await using DownloadReport report = new(output);
        return await CorpusSource.OpenAsync(sources, options, standardInput: null, report, cancellationToken);
    }

    /// <summary>Refuses a corpus that nothing can be learnt from, before a folder is made for it.</summary>
    public static void Check(Corpus corpus, ITokenizer tokenizer, int window)
    {
        (long length, string unit) = tokenizer is Vocabulary ? (corpus.CharacterCount, "characters") : (corpus.TokensOf(tokenizer).Count, "tokens");
        if (length <= window)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{corpus.Name}' has {length:N0} {unit}, but a window of {window:N0} needs more than that: give a longer text or a smaller --window."));
        }

        if (tokenizer.Count < 2)
            throw new InvalidDataException($"'{corpus.Name}' repeats a single character: give a text with at least two different ones.");
    }
}
