using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.CommandLine;
using Aphorist.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>The characters of a text that a model does not know: a command fails, or leaves them out, counts them and says so.</summary>
internal sealed class UnknownCharacters
{
    private const int MaximumNames = 8;

    private readonly IReadOnlyList<CharacterFrequency> skipped;
    private readonly long total;

    private UnknownCharacters(IReadOnlyList<CharacterFrequency> skipped, long total) => (this.skipped, this.total) = (skipped, total);

    /// <summary>The number of characters that are left out.</summary>
    public long Count => skipped.Sum(one => one.Count);

    /// <summary>The number of characters that are not.</summary>
    public long KnownCount => total - Count;

    public static ChoiceOption<UnknownCharacterPolicy> CreateOption() => new(
        "--unknown",
        "What to do with characters of the text that the model does not know: fail (error), or leave them out and count 21.1 bits for " +
        "each (skip). Unknown words of a word model are never left out: they cost their spelling.",
        UnknownCharacterPolicy.Error, ("skip", UnknownCharacterPolicy.Skip), ("error", UnknownCharacterPolicy.Error));

    /// <summary>Finds the characters that are left out. If there are none, the corpus is tokenized and keeps the tokens.</summary>
    /// <exception cref="InvalidDataException">There are some, and they are an error, or the text has nothing else.</exception>
    public static async Task<UnknownCharacters> FindAsync(
        Corpus corpus, Tokenizer tokenizer, UnknownCharacterPolicy policy, CommandOutput output, CancellationToken cancellationToken)
    {
        IReadOnlyList<CharacterFrequency> skipped = policy == UnknownCharacterPolicy.Skip
            ? await Task.Run(() => corpus.CountUnknownCharacters(tokenizer, cancellationToken), cancellationToken)
            : [];
        UnknownCharacters found = new(skipped, corpus.CharacterCount);
        if (skipped.Count > 0)
        {
            return found.KnownCount > 0
                ? found
                : throw new InvalidDataException($"The model knows no character of '{corpus.Name}': use a text like its training text.");
        }

        try
        {
            await CorpusOpening.EncodeAsync(corpus, tokenizer, output, cancellationToken);
            return found;
        }
        catch (UnknownCharacterException exception)
        {
            string message = $"{exception.Message} To leave out all that the model does not know, add --unknown skip.";
            throw new InvalidDataException(message, exception);
        }
    }

    /// <summary>Replaces the characters by those of a part of the text.</summary>
    /// <param name="inPart">The characters of the part that are left out.</param>
    /// <param name="share">The share of the other characters that are in the part.</param>
    public UnknownCharacters WithPart(IReadOnlyList<CharacterFrequency> inPart, double share) =>
        new(inPart, (long)Math.Round(share * KnownCount) + inPart.Sum(one => one.Count));

    /// <summary>The row of a table; none if nothing is left out.</summary>
    public IEnumerable<string[]> Rows()
    {
        if (Count == 0) yield break;
        yield return ["skipped characters", string.Create(CultureInfo.InvariantCulture, $"{Count:N0} ({100.0 * Count / total:F1} %)")];
    }

    /// <summary>Writes the members of a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteNumber("skippedCharacters", Count);
        json.WriteStartArray("skipped");
        foreach (CharacterFrequency one in skipped)
        {
            json.WriteStartObject();
            json.WriteString("character", one.Character.ToString());
            json.WriteNumber("count", one.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Says what was left out and what that costs.</summary>
    public void WriteNote(CommandOutput output)
    {
        if (Count == 0) return;
        string names = string.Join(", ", skipped.Take(MaximumNames).Select(one =>
            $"{CharacterName.Of(one.Character)} {Plural.Of(one.Count, "time")}"));
        string more = skipped.Count > MaximumNames ? $" and {skipped.Count - MaximumNames} more" : "";
        output.Notes.WriteLine($"Left out, because the model does not know them: {names}{more}.");
        output.Notes.WriteLine(
            "In bits per character, each counts as 21.1 bits. Nats, perplexity and accuracy are those of the other characters.");
    }
}
