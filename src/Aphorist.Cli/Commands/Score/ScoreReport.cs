using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Score;

/// <summary>How surprising a text is to a model.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Name">The name of the text.</param>
/// <param name="Tokenizer">The tokenizer of the model.</param>
/// <param name="Unknown">The characters of the text that the model does not know, which were left out.</param>
/// <param name="Total">The totals over all tokens, the first one included.</param>
/// <param name="ExpectedLoss">The expected surprisal in nats, spelling of unknown words included.</param>
/// <param name="Passages">The most surprising passages, most surprising first.</param>
/// <param name="Beginning">The tokens that the page shows.</param>
internal sealed record ScoredText(
    string Model,
    string Name,
    Tokenizer Tokenizer,
    UnknownCharacters Unknown,
    Evaluation Total,
    double ExpectedLoss,
    IReadOnlyList<Passage> Passages,
    IReadOnlyList<ScoredToken> Beginning)
{
    /// <summary>The expected surprisal in bits per character that the model read.</summary>
    public double ExpectedBitsPerCharacter => ExpectedLoss / Math.Log(2) / (Total.Characters - Total.SkippedCharacters);
}

/// <summary>Prints the result as tables or as JSON.</summary>
internal static class ScoreReport
{
    public static void Write(TextWriter output, ScoredText scored)
    {
        TextTable.Write(
            output,
            [
                ["tokens", scored.Total.Count.ToString("N0", CultureInfo.InvariantCulture)],
                .. UnknownWords.Rows(scored.Total, scored.Tokenizer),
                .. scored.Unknown.Rows(),
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
    /// <param name="page">The page that shows the text; null for none.</param>
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
        UnknownWords.WriteTo(json, scored.Total);
        scored.Unknown.WriteTo(json);
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
