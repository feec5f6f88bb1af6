using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Import;

/// <summary>Where the vocabulary of an imported model comes from: one of a corpus, a list of characters and a map.</summary>
/// <param name="corpus">The files or names of the corpus.</param>
/// <param name="characters">The file with the characters; null for none.</param>
/// <param name="map">The JSON file with characters and ids; null for none.</param>
/// <param name="options">How the text is read, and prompts are normalized.</param>
/// <param name="output">Where progress is shown.</param>
internal sealed class VocabularySource(string[] corpus, string? characters, string? map, CorpusOptions options, CommandOutput output)
{
    private const string StandardInput = "-";

    // The most likely ones first.
    private static readonly string[] Encodings = ["utf-8", "windows-1252", "iso-8859-1", "utf-16"];

    /// <summary>The number of sources that are given.</summary>
    public int Count => (corpus.Length > 0 ? 1 : 0) + (characters is null ? 0 : 1) + (map is null ? 0 : 1);

    /// <summary>Reads the vocabulary.</summary>
    /// <param name="size">The vocabulary size of the model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The source has another number of characters than the model.</exception>
    public async Task<ImportedVocabulary> OpenAsync(int size, CancellationToken cancellationToken)
    {
        TextNormalization normalization = new(options.Lowercase);
        ImportedVocabulary vocabulary = characters is not null
            ? ImportedVocabulary.FromCharacters(await ReadTextAsync(characters, cancellationToken), normalization)
            : map is not null ? ImportedVocabulary.FromJson(await ReadTextAsync(map, cancellationToken), normalization)
            : ImportedVocabulary.Create(await CorpusOpening.OpenAsync(corpus, options, output, cancellationToken));
        int found = vocabulary.Tokenizer.VocabularySize;
        if (found == size) return vocabulary;
        string source = characters ?? map ?? string.Join(' ', corpus);
        string advice = corpus.Length > 0 ? await SuggestAsync(found, size, cancellationToken) : "Give each character of the model once.";
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"'{source}' has {found:N0} different characters, but the model has {size:N0}. {advice}"));
    }

    /// <summary>Reads a file without lower-casing it: its characters are those of the model.</summary>
    private async Task<string> ReadTextAsync(string path, CancellationToken cancellationToken) =>
        (await CorpusOpening.OpenAsync([path], options with { Lowercase = false }, output, cancellationToken)).Text;

    /// <summary>Finds a way of reading the corpus that gives the model's number of characters.</summary>
    private async Task<string> SuggestAsync(int found, int size, CancellationToken cancellationToken)
    {
        const string general = "Give the text that the model was trained on, read in the same way (--encoding, --lowercase).";
        if (corpus.Contains(StandardInput)) return general;
        foreach (CorpusOptions other in OtherOptions())
            if (await CountCharactersAsync(other, cancellationToken) == size) return $"With {Difference(other)} it has {size}.";
        return found + 1 == size && corpus.Any(HasCarriageReturns)
            ? "With carriage returns, which are read as line feeds here, it would have as many: give the characters with --characters " +
                "or --vocabulary."
            : general;
    }

    /// <summary>All other options: those with one difference before those with two.</summary>
    private IEnumerable<CorpusOptions> OtherOptions()
    {
        yield return options with { Lowercase = !options.Lowercase };
        foreach (bool lowercase in new[] { options.Lowercase, !options.Lowercase })
            foreach (string encoding in Encodings)
                yield return options with { Encoding = encoding, Lowercase = lowercase };
    }

    private async Task<int?> CountCharactersAsync(CorpusOptions other, CancellationToken cancellationToken)
    {
        try
        {
            return CharacterTokenizer.Create(await CorpusOpening.OpenAsync(corpus, other, output, cancellationToken)).VocabularySize;
        }
        catch (CorpusException)
        {
            return null; // The text is not in this encoding.
        }
    }

    private string Difference(CorpusOptions other) => string.Join(" and ", ((string[])
    [
        other.Encoding == options.Encoding ? "" : $"--encoding {other.Encoding}",
        other.Lowercase == options.Lowercase ? "" : $"--lowercase {(other.Lowercase ? "true" : "false")}",
    ]).Where(option => option.Length > 0));

    private static bool HasCarriageReturns(string source)
    {
        if (!File.Exists(source)) return false;
        using FileStream bytes = File.OpenRead(source);
        byte[] block = new byte[1 << 16];
        for (int count; (count = bytes.Read(block)) > 0;)
            if (block.AsSpan(0, count).Contains((byte)'\r')) return true;
        return false;
    }
}
