using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Studio.Inside.Reading;

namespace Aphorist.Cli.Commands.Score;

/// <summary>Prints the result as tables or as JSON.</summary>
internal static class ScoreReport
{
    public static void Write(TextWriter output, ScoredText scored, UnknownCharacters unknown)
    {
        TextTable.Write(
            output,
            [
                ["tokens", scored.Total.Count.ToString("N0", CultureInfo.InvariantCulture)],
                .. UnknownWords.Rows(scored.Total, scored.Tokenizer),
                .. unknown.Rows(),
                ["characters", scored.Total.Characters.ToString("N0", CultureInfo.InvariantCulture)],
                ["bits per character", Number(scored.Total.BitsPerCharacter)],
                ["expected", Number(scored.ExpectedBitsPerCharacter)],
                ["nats per token", Number(scored.Total.LossPerToken)],
                ["perplexity", Number(scored.Total.Perplexity)],
                ["accuracy", Number(scored.Total.Accuracy)],
            ]);
        if (scored.Passages.Count == 0) return;
        output.WriteLine();
        TextTable.Write(
            output,
            [
                ["bits per character", "line", "most surprising passages"],
                .. scored.Passages.Select(passage => (string[])
                [
                    passage.BitsPerCharacter.ToString("F2", CultureInfo.InvariantCulture),
                    passage.Line.ToString(CultureInfo.InvariantCulture),
                    OneLine.Of(passage.Text),
                ]),
            ]);
    }

    /// <summary>Describes the result as one JSON object.</summary>
    /// <param name="scored">The result.</param>
    /// <param name="unknown">The characters that were left out.</param>
    /// <param name="page">The page that shows the text; null for none.</param>
    public static string Json(ScoredText scored, UnknownCharacters unknown, string? page) => JsonLine.Of(json =>
    {
        json.WriteNumber("count", scored.Total.Count);
        json.WriteNumber("characters", scored.Total.Characters);
        json.WriteFinite("nats", scored.Total.LossPerToken);
        json.WriteFinite("bitsPerCharacter", scored.Total.BitsPerCharacter);
        json.WriteFinite("expectedBitsPerCharacter", scored.ExpectedBitsPerCharacter);
        json.WriteFinite("perplexity", scored.Total.Perplexity);
        json.WriteFinite("accuracy", scored.Total.Accuracy);
        json.WriteNumber("correct", scored.Total.Correct);
        UnknownWords.WriteTo(json, scored.Total);
        unknown.WriteTo(json);
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

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
