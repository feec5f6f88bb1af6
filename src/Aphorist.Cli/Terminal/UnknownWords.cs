using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Terminal;

/// <summary>Reports the words of a text that the vocabulary of a model lacks, and what they cost.</summary>
internal static class UnknownWords
{
    /// <summary>The row of a table; none if the tokenizer has no unknown token.</summary>
    public static IEnumerable<string[]> Rows(Evaluation evaluation, Tokenizer tokenizer)
    {
        if (tokenizer.UnknownTokenId is null) yield break;
        yield return
        [
            "unknown tokens", string.Create(
                CultureInfo.InvariantCulture, $"{evaluation.UnknownTokens:N0} ({100 * evaluation.UnknownShare:F1} %)"),
        ];
    }

    /// <summary>Writes the members of a JSON object.</summary>
    public static void WriteTo(Utf8JsonWriter json, Evaluation evaluation)
    {
        json.WriteNumber("unknownTokens", evaluation.UnknownTokens);
        json.WriteFinite("unknownShare", evaluation.UnknownShare);
        json.WriteFinite("spellingBits", evaluation.SpellingLoss / Math.Log(2));
    }

    /// <summary>Says how unknown words were charged if the model file does not tell how such words are spelled.</summary>
    public static void WriteNote(CommandOutput output, Evaluation evaluation, Tokenizer tokenizer)
    {
        if (evaluation.UnknownTokens == 0 || tokenizer.Spelling?.IsUniform != true) return;
        output.Notes.WriteLine(
            "The model file has no frequencies of characters, so each character of an unknown word is counted as 21.1 bits, an upper "
            + "bound.");
    }
}
