using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Import;

/// <summary>The vocabulary of an imported model, from wherever the call says that it is.</summary>
internal static class VocabularySource
{
    /// <summary>Reads it.</summary>
    /// <param name="request">The call.</param>
    /// <param name="size">The characters that the model knows.</param>
    /// <param name="output">Where a download shows.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="InvalidDataException">It has not as many characters as the model.</exception>
    public static async Task<ImportedVocabulary> OpenAsync(ImportRequest request, int size, CommandOutput output, CancellationToken cancellationToken)
    {
        ImportedVocabulary vocabulary = await ReadAsync(request, output, cancellationToken);
        int found = vocabulary.Tokenizer.VocabularySize;
        if (found == size) return vocabulary;
        string source = request.Characters ?? request.Map ?? string.Join(' ', request.Corpus);
        string advice = request.Corpus.Count > 0 ? await EncodingSuggestion.AdviceAsync(request, found, size, output, cancellationToken) : "give all characters of the model, each once";
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"'{source}' has {found:N0} different characters, but the model knows {size:N0}: {advice}."));
    }

    private static async Task<ImportedVocabulary> ReadAsync(ImportRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        TextNormalization normalization = new(request.Reading.Lowercase);
        if (request.Characters is not null) return ImportedVocabulary.FromCharacters(await TextOfAsync(request.Characters, request, cancellationToken), normalization);
        if (request.Map is not null) return ImportedVocabulary.FromJson(await TextOfAsync(request.Map, request, cancellationToken), normalization);
        return ImportedVocabulary.Of(await CorpusOpening.OpenAsync(request.Corpus, request.Reading, output, cancellationToken));
    }

    /// <summary>A file as it is: the characters are those of the model already.</summary>
    private static async Task<string> TextOfAsync(string path, ImportRequest request, CancellationToken cancellationToken) =>
        (await Corpus.OpenAsync(path, request.Reading with { Lowercase = false }, cancellationToken: cancellationToken)).Text;
}
