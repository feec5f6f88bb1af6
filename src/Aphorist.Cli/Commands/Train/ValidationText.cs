using Aphorist.Cli.CommandLine;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The text that a run is measured on, where that is not a part of the text it learns.</summary>
internal static class ValidationText
{
    private const string StandardInput = "-";

    /// <summary>Refuses to read two texts from one stream.</summary>
    public static void Check(string? source, IReadOnlyList<string> corpus)
    {
        if (source == StandardInput && corpus.Contains(StandardInput))
            throw new UsageException("Standard input cannot be both the text to learn and the one to measure on: give a file for one of them.");
    }

    /// <summary>Opens it as the corpus was opened; null if the call names none.</summary>
    public static async Task<Corpus?> OpenAsync(string? source, CorpusOptions reading, CommandOutput output, CancellationToken cancellationToken) =>
        source is null ? null : await CorpusOpening.OpenAsync([source], reading, output, cancellationToken);

    /// <summary>Cuts it into the tokens of the model.</summary>
    /// <exception cref="InvalidDataException">It has a character that the model does not know.</exception>
    public static async Task EncodeAsync(Corpus? validation, Tokenizer tokenizer, CommandOutput output, CancellationToken cancellationToken)
    {
        if (validation is null) return;
        try
        {
            await CorpusOpening.EncodeAsync(validation, tokenizer, output, cancellationToken);
        }
        catch (UnknownCharacterException unknown)
        {
            // A model of characters gives such a one no probability at all: there is no loss to measure.
            string place = unknown.Position < 0 ? "" : $", character {unknown.Position + 1},";
            throw new InvalidDataException(
                $"The validation text '{validation.Name}' has {CharacterName.Of(unknown.Character)}{place} which the text to learn lacks, so no model of its characters can predict it: leave it out or replace it.",
                unknown);
        }
    }
}
