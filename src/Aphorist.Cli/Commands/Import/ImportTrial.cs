using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Interop;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Import;

/// <summary>Reads the vocabulary of an imported model and checks it with a text, if there is one.</summary>
/// <param name="imported">The model.</param>
/// <param name="source">The vocabulary.</param>
/// <param name="order">The order that the call names; null to find it.</param>
/// <param name="output">Where notes are written.</param>
internal sealed class ImportTrial(ImportedModel imported, VocabularySource source, CharacterOrder? order, CommandOutput output)
{
    private const int MostNamed = 12;
    private const double MostUnknown = 0.1;
    private const string Overrule = "--check false skips this check.";

    /// <summary>Returns the vocabulary, and how well it fits; null if that was not checked.</summary>
    /// <exception cref="InvalidDataException">It does not fit.</exception>
    public async Task<(ImportedVocabulary Vocabulary, ImportCheck? Check)> RunAsync(bool isChecked, CancellationToken cancellationToken)
    {
        ImportedVocabulary vocabulary = await source.OpenAsync(
            imported.VocabularySize, order ?? CharacterOrder.CodePoint, cancellationToken);
        if (vocabulary.LeftOut.Count > 0)
            output.Notes.WriteLine(
                $"Left out, because they are no characters: {string.Join(", ", vocabulary.LeftOut)}. The model never generates them.");
        if (!isChecked) return (vocabulary, null);
        if (source.Text is not { } text)
        {
            output.Notes.WriteLine("The order of the characters was not checked. Add --corpus with a text like those of the training.");
            return (vocabulary, null);
        }

        ImportCheck check = imported.Check(vocabulary, text, cancellationToken);
        if (check.BetterOrder is CharacterOrder better && source.IsCorpus && order is null)
        {
            output.Notes.WriteLine(
                $"The ids of the characters are in the order {ImportCommand.NameOf(better)}: with it, the model predicts the text with " +
                $"{Nats(check.BetterLoss!.Value)}, in the order of code points with {Nats(check.Loss)}.");
            vocabulary = ImportedVocabulary.Create(text, better);
            check = imported.Check(vocabulary, text, cancellationToken);
        }

        string unknown = Plural.Of(check.UnknownCharacters, "character");
        if (check.UnknownCharacters > check.Characters * MostUnknown)
        {
            throw new InvalidDataException(
                $"The vocabulary does not seem to be that of the text: it lacks {unknown} of {check.Characters:N0}. Give the text or the " +
                $"vocabulary of the training; {Overrule}");
        }

        if (check.UnknownCharacters > 0)
            output.Notes.WriteLine($"The text has {unknown} that the vocabulary lacks, left out of the check.");
        if (check.Count == 0) output.Notes.WriteLine("The order of the characters was not checked, because the text is too short.");
        if (check.Undecided.Count > 0)
            output.Notes.WriteLine(
                "This text cannot distinguish the ids of some characters, so an exchange of two of them would not be noticed: " +
                $"{string.Join(", ", check.Undecided.Take(MostNamed).Select(CharacterName.Of))}" +
                (check.Undecided.Count > MostNamed ? $" and {check.Undecided.Count - MostNamed} more." : "."));
        return check.Fits ? (vocabulary, check) : throw new InvalidDataException(Refusal(check));
    }

    private static string Nats(double loss) => string.Create(CultureInfo.InvariantCulture, $"{loss:F2} nats per character");

    private string Refusal(ImportCheck check)
    {
        if (check.BetterOrder is CharacterOrder better && (source.IsCorpus || check.Exchanged is null))
        {
            string way = source.IsCorpus ? "Use" : "Remove --characters or --vocabulary, and add to --corpus";
            return $"The characters seem to be in another order: the model predicts the text with {Nats(check.Loss)}, but with the ids " +
                $"in the order {ImportCommand.NameOf(better)} with {Nats(check.BetterLoss!.Value)}. " +
                $"{way} --order {ImportCommand.NameOf(better)}; {Overrule}";
        }

        if (check.Exchanged is var (first, second))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{CharacterName.Of(first)} and {CharacterName.Of(second)} seem to be exchanged in the vocabulary: with each other's id, " +
                $"the model predicts the sample of the text {check.ExchangeGain:F0} nats better. " +
                $"{(source.IsCorpus ? "Give the ids with --vocabulary" : "Exchange them")}; {Overrule}");
        }

        return $"The vocabulary does not seem to be that of the model, which predicts the text with {Nats(check.Loss)}, no better than " +
            $"the frequencies of its characters ({Nats(check.UnigramLoss)}). Read the text as in the training (--encoding, --lowercase), " +
            $"or give the ids with --vocabulary or --characters; {Overrule}";
    }
}
