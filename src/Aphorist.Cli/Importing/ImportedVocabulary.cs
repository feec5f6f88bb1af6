using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Training;
using Aphorist.Interop.Keras;
using Aphorist.Text;

namespace Aphorist.Cli.Importing;

/// <summary>The vocabulary of an imported model, from wherever the call says that it is.</summary>
internal static class ImportedVocabulary
{
    /// <summary>Reads it.</summary>
    /// <param name="request">The call.</param>
    /// <param name="size">The characters that the model knows.</param>
    /// <param name="output">Where a download shows.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="InvalidDataException">It has not as many characters as the model.</exception>
    public static async Task<KerasVocabulary> OpenAsync(ImportRequest request, int size, CommandOutput output, CancellationToken cancellationToken)
    {
        KerasVocabulary vocabulary = await ReadAsync(request, output, cancellationToken);
        int found = vocabulary.Tokenizer.Count;
        if (found == size) return vocabulary;
        string source = request.Characters ?? request.Map ?? string.Join(' ', request.Corpus);
        string advice = request.Corpus.Count > 0 ? await FittingReading.AdviceAsync(request, found, size, output, cancellationToken) : "give all characters of the model, each once";
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"'{source}' has {found:N0} different characters, but the model knows {size:N0}: {advice}."));
    }

    private static async Task<KerasVocabulary> ReadAsync(ImportRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        TextNormalization normalization = new(request.Reading.Lowercase);
        if (request.Characters is not null) return KerasVocabulary.FromCharacters(TextOf(request.Characters, request), normalization);
        if (request.Map is not null) return KerasVocabulary.FromJson(TextOf(request.Map, request), normalization);
        return KerasVocabulary.Of(await CorpusOpening.OpenAsync(request.Corpus, request.Reading, output, cancellationToken));
    }

    /// <summary>A file as it is: the characters are those of the model already.</summary>
    private static string TextOf(string path, ImportRequest request) => Corpus.Read(path, request.Reading with { Lowercase = false }).Text;
}
