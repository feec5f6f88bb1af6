using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Commands.Import;

/// <summary>Looks for the way of reading a text that gives a model's number of characters.</summary>
internal static class EncodingSuggestion
{
    private const string StandardInput = "-";

    // In the order in which programs are likely to have read their texts.
    private static readonly string[] Encodings = ["utf-8", "windows-1252", "iso-8859-1", "utf-16"];

    /// <summary>What to change in the call, as the end of a sentence.</summary>
    /// <param name="request">The call.</param>
    /// <param name="found">The characters of its text as it was read.</param>
    /// <param name="size">The characters that the model knows.</param>
    /// <param name="output">Where a download shows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<string> AdviceAsync(ImportRequest request, int found, int size, CommandOutput output, CancellationToken cancellationToken)
    {
        const string general = "give the text that it was trained on, read as it was then (--encoding, --lowercase)";
        if (request.Corpus.Contains(StandardInput)) return general;
        foreach (CorpusOptions reading in Others(request.Reading))
        {
            if (await CountAsync(request, reading, output, cancellationToken) == size) return $"with {ChangeTo(reading, request.Reading)} it has {size}";
        }

        return found + 1 == size && request.Corpus.Any(HasCarriageReturns)
            ? "with the carriage returns of the text, which are read as line feeds here, it would have as many, so give the characters with --characters or --vocabulary"
            : general;
    }

    /// <summary>All other ways of reading, those with one change before those with two.</summary>
    private static IEnumerable<CorpusOptions> Others(CorpusOptions reading)
    {
        yield return reading with { Lowercase = !reading.Lowercase };
        foreach (bool lowercase in new[] { reading.Lowercase, !reading.Lowercase })
            foreach (string encoding in Encodings)
                yield return new() { Encoding = encoding, Lowercase = lowercase };
    }

    private static async Task<int?> CountAsync(ImportRequest request, CorpusOptions reading, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            return CharacterTokenizer.Create(await CorpusOpening.OpenAsync(request.Corpus, reading, output, cancellationToken)).VocabularySize;
        }
        catch (CorpusException)
        {
            return null; // The bytes are not in this encoding.
        }
    }

    private static string ChangeTo(CorpusOptions reading, CorpusOptions before)
    {
        string encoding = reading.Encoding == before.Encoding ? "" : $"--encoding {reading.Encoding}", lowercase = reading.Lowercase == before.Lowercase ? "" : $"--lowercase {(reading.Lowercase ? "true" : "false")}";
        return $"{encoding}{(encoding.Length > 0 && lowercase.Length > 0 ? " and " : "")}{lowercase}";
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
