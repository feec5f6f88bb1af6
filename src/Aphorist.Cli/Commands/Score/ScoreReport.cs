using System.Globalization;
using System.Text;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Score;

/// <summary>Tells how surprising a text was, for people and for scripts.</summary>
internal static class ScoreReport
{
    public static void Write(TextWriter output, ScoredText scored)
    {
        TextTable.Write(
            output,
            [
                ["tokens", scored.Total.Count.ToString("N0", CultureInfo.InvariantCulture)],
                ["characters", scored.Total.Characters.ToString("N0", CultureInfo.InvariantCulture)],
                ["bits per character", Number(scored.Total.BitsPerCharacter)],
                ["to be expected", Number(scored.ExpectedBitsPerCharacter)],
                ["nats per token", Number(scored.Total.LossPerToken)],
                ["perplexity", Number(scored.Total.Perplexity)],
                ["accuracy", Number(scored.Total.Accuracy)],
            ]);
        if (scored.Passages.Count == 0) return;
        output.WriteLine();
        TextTable.Write(
            output,
            [
                ["bits per character", "line", "oddest passages"],
                .. scored.Passages.Select(passage => (string[])
                    [passage.BitsPerCharacter.ToString("F2", CultureInfo.InvariantCulture), passage.Line.ToString(CultureInfo.InvariantCulture), InOneLine(passage.Text)]),
            ]);
    }

    /// <summary>One object.</summary>
    /// <param name="scored">What was found.</param>
    /// <param name="page">The file that shows the text, if there is one.</param>
    public static string Json(ScoredText scored, string? page) => JsonLine.Of(json =>
    {
        json.WriteNumber("count", scored.Total.Count);
        json.WriteNumber("characters", scored.Total.Characters);
        json.WriteFinite("nats", scored.Total.LossPerToken);
        json.WriteFinite("bitsPerCharacter", scored.Total.BitsPerCharacter);
        json.WriteFinite("expectedBitsPerCharacter", scored.ExpectedBitsPerCharacter);
        json.WriteFinite("perplexity", scored.Total.Perplexity);
        json.WriteFinite("accuracy", scored.Total.Accuracy);
        json.WriteNumber("correct", scored.Total.Correct);
        if (page is not null) json.WriteString("output", page);
        json.WriteStartArray("passages");
        foreach (Passage passage in scored.Passages) WritePassage(json, passage);
        json.WriteEndArray();
    });

    private static void WritePassage(Utf8JsonWriter json, Passage passage)
    {
        json.WriteStartObject();
        json.WriteNumber("line", passage.Line);
        json.WriteNumber("firstToken", passage.Start);
        json.WriteNumber("tokens", passage.Length);
        json.WriteNumber("characters", passage.Characters);
        json.WriteNumber("bitsPerCharacter", passage.BitsPerCharacter);
        json.WriteString("text", passage.Text);
        json.WriteEndObject();
    }

    /// <summary>The text with nothing in it that would break a line or that a terminal would obey.</summary>
    private static string InOneLine(string text)
    {
        StringBuilder line = new();
        foreach (Rune character in text.Trim().EnumerateRunes())
            line.Append(character.Value is ' ' ? " " : VisibleText.Of(character.ToString()));
        return line.ToString();
    }

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
