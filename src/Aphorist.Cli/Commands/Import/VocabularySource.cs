using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Import;

/// <summary>
/// Where the vocabulary of an imported model comes from: a list of characters, a map, or a corpus. A corpus beside one of the others is
/// only the text to check it with.
/// </summary>
/// <param name="corpus">The files or names of the corpus.</param>
/// <param name="characters">The file with the characters; null for none.</param>
/// <param name="map">The JSON file with characters and ids; null for none.</param>
/// <param name="options">How the text is read, and prompts are normalized.</param>
/// <param name="output">Where progress is shown.</param>
internal sealed class VocabularySource(string[] corpus, string? characters, string? map, CorpusOptions options, CommandOutput output)
{
    private const char ByteOrderMark = '\uFEFF';

    // Entries of a vocabulary that are usually added to the characters: padding, unknown, start and end.
    private const int MostSpecial = 4;

    // The most likely ones first.
    private static readonly string[] Encodings = ["utf-8", "windows-1252", "iso-8859-1", "utf-16"];

    /// <summary>Whether nothing is given.</summary>
    public bool IsEmpty => corpus.Length == 0 && IsCorpus;

    /// <summary>Whether the corpus is the vocabulary.</summary>
    public bool IsCorpus => characters is null && map is null;

    /// <summary>The text that the vocabulary is from, or is checked with; null if there is none.</summary>
    public Corpus? Text { get; private set; }

    /// <summary>Reads the vocabulary.</summary>
    /// <param name="size">The vocabulary size of the model.</param>
    /// <param name="order">The order of the characters of a corpus.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The source has another number of characters than the model.</exception>
    public async Task<ImportedVocabulary> OpenAsync(int size, CharacterOrder order, CancellationToken cancellationToken)
    {
        if (corpus.Length > 0) Text = await CorpusOpening.OpenAsync(corpus, options, output, cancellationToken);
        TextNormalization normalization = new(options.Lowercase);
        string? listed = (characters ?? map) is string file ? await ReadExactlyAsync(file, cancellationToken) : null;
        ImportedVocabulary vocabulary = listed is null ? ImportedVocabulary.Create(Text!, order)
            : map is null ? FromCharacters(listed, size, normalization)
            : ImportedVocabulary.FromJson(listed.TrimStart(ByteOrderMark), normalization);
        if (vocabulary.Fits(size)) return vocabulary;
        int found = vocabulary.Size;
        string source = characters ?? map ?? string.Join(' ', corpus);
        string advice = IsCorpus ? await SuggestAsync(found, size, cancellationToken) : "Give each character of the model once.";
        string what = map is null ? "different characters" : vocabulary.LeftOut.Count > 0 ? "ids, unused ones included" : "entries";
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"'{source}' has {found:N0} {what}, but the model has {size:N0}. {advice}"));
    }

    /// <summary>
    /// Takes a text as it is if that gives the number of characters of the model. Else a byte order mark, or a line break at the end, is
    /// taken for a trace of the editor.
    /// </summary>
    private static ImportedVocabulary FromCharacters(string text, int size, TextNormalization normalization)
    {
        string unmarked = text.TrimStart(ByteOrderMark);
        foreach (string candidate in new[] { text, unmarked, WithoutLastBreak(text), WithoutLastBreak(unmarked) })
        {
            bool isEachOnce = candidate.EnumerateRunes().Distinct().Count() is int count && count == candidate.EnumerateRunes().Count();
            if (isEachOnce && count == size) return ImportedVocabulary.FromCharacters(candidate, normalization);
        }

        return ImportedVocabulary.FromCharacters(text, normalization);
    }

    private static string WithoutLastBreak(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    /// <summary>Decodes a file and changes nothing: carriage returns and a byte order mark can be characters of the model.</summary>
    private async Task<string> ReadExactlyAsync(string path, CancellationToken cancellationToken)
    {
        byte[] bytes = await InputBytes.ReadAsync(path, output, cancellationToken);
        return Corpus.DecodeExactly(bytes, path, options.Encoding);
    }

    /// <summary>Finds a way of reading the corpus that gives the model's number of characters.</summary>
    private async Task<string> SuggestAsync(int found, int size, CancellationToken cancellationToken)
    {
        const string general = "Give the text that the model was trained on, read in the same way (--encoding, --lowercase).";
        if (corpus.Any(CanBeReadOnce)) return general;
        foreach (CorpusOptions other in OtherOptions())
            if (await CountCharactersAsync(other, cancellationToken) == size) return $"With {Difference(other)} it has {size}.";
        int returns = corpus.Any(HasCarriageReturns) ? 1 : 0, marks = corpus.Any(HasByteOrderMark) ? 1 : 0;
        string? extra = found + returns + marks != size ? null
            : marks == 0 ? "carriage returns, which are read as line feeds here,"
            : returns == 0 ? "its byte order mark, which is not read here,"
            : "carriage returns and its byte order mark, which are not read here,";
        if (returns + marks > 0 && extra is not null)
            return $"With {extra} it would have as many: give all characters with --characters or --vocabulary, and keep --corpus.";
        return found < size && size - found <= MostSpecial
            ? $"{general} If the ids begin at 1 or include entries such as <UNK>, give them with --vocabulary."
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
            return CharacterTokenizer.Create(await Corpus.OpenAsync(corpus, other, progress: null, cancellationToken)).VocabularySize;
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

    /// <summary>Standard input, a pipe or a device has been read and has nothing more to give.</summary>
    private static bool CanBeReadOnce(string source) =>
        source == OutputPath.Standard || (File.Exists(source) && FileTarget.Of(source).Kind == FileKind.Stream);

    private static bool HasByteOrderMark(string source)
    {
        if (!File.Exists(source)) return false;
        using FileStream bytes = File.OpenRead(source);
        Span<byte> start = stackalloc byte[3];
        return bytes.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start is [0xEF, 0xBB, 0xBF];
    }

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
