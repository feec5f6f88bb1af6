using System.Globalization;
using System.Text.Json;

namespace Aphorist.Studio.Inside.Reading;

/// <summary>Creates the page that shows a text coloured by its surprisal. The script surprise.js displays its data.</summary>
public static class ScorePage
{
    // The most surprising 2 % of the tokens have the darkest colour: otherwise a few outliers would make all others pale.
    private const double DarkestFraction = 0.02;
    private const double MinimumScale = 4;

    /// <summary>Creates the page as a self-contained HTML file.</summary>
    public static string Create(ScoredText scored)
    {
        ArgumentNullException.ThrowIfNull(scored);
        return View.CreateFile(TitleOf(scored), DataOf(scored));
    }

    /// <summary>What the page shows, in the studio and in files.</summary>
    internal static ReaderView View { get; } = new("surprise", "showSurprise", "reader.js");

    internal static string TitleOf(ScoredText scored) => $"{scored.Name} read by {scored.Model}";

    /// <summary>The data that the script surprise.js displays.</summary>
    internal static ReaderData DataOf(ScoredText scored) =>
        ReaderData.Create(string.Concat(scored.Beginning.Select(token => token.Text)), json => WriteData(json, scored));

    private static void WriteData(Utf8JsonWriter json, ScoredText scored)
    {
        json.WriteString("model", scored.Model);
        json.WriteString("text", scored.Name);
        WriteFacts(json, scored);
        json.WriteString("unit", PageUnit.Of(scored.Tokenizer));
        json.WriteNumber("vocabulary", scored.Tokenizer.VocabularySize);
        json.WriteNumber("scale", ScaleOf(scored.Beginning));
        json.WriteNumber("total", scored.Total.Count);
        WriteList(json, "pieces", scored.Beginning, token => json.WriteStringValue(token.Text));
        WriteList(json, "ids", scored.Beginning, token => json.WriteNumberValue(token.Id));
        WriteList(json, "bits", scored.Beginning, token => json.WriteNumberValue(Math.Round(token.Bits, 3)));
        // Only of unknown words: how many of the bits are their spelling.
        json.WriteStartObject("spelling");
        foreach ((int index, ScoredToken token) in scored.Beginning.Index().Where(one => one.Item.SpellingLoss > 0))
            json.WriteNumber($"{index}", Math.Round(token.SpellingLoss / Math.Log(2), 3));
        json.WriteEndObject();
        WriteList(json, "expected", scored.Beginning, token => json.WriteNumberValue(Math.Round(token.ExpectedBits, 3)));
        WriteList(json, "ranks", scored.Beginning, token => json.WriteNumberValue(token.Rank));
        // For each token, alternating ids and probabilities.
        WriteList(json, "likely", scored.Beginning, token => WriteLikely(json, token));
        WriteNames(json, scored);
        WriteList(json, "passages", PassagesOf(scored), passage => WritePassage(json, passage));
    }

    /// <summary>The most surprising passages of what the page shows: as many as of the whole text.</summary>
    private static IReadOnlyList<Passage> PassagesOf(ScoredText scored)
    {
        SurprisingPassages passages = new(scored.Passages.Count);
        foreach (ScoredToken token in scored.Beginning) passages.Add(token);
        return passages.Finish();
    }

    private static void WriteFacts(Utf8JsonWriter json, ScoredText scored)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool isCut = scored.Total.Count > scored.Beginning.Count;
        string cut = isCut ? string.Create(culture, $", of which the first {scored.Beginning.Count:N0} are shown") : "";
        json.WriteString("facts", string.Create(
            culture,
            $"{scored.Total.BitsPerCharacter:F3} bits per character, {scored.ExpectedBitsPerCharacter:F3} expected, " +
            $"over {scored.Total.Count:N0} {scored.Tokenizer.UnitName}{cut}."));
        string chineseCut = isCut ? string.Create(culture, $"，页面显示前 {scored.Beginning.Count:N0} 个") : "";
        json.WriteString("factsInChinese", string.Create(
            culture,
            $"每字符 {scored.Total.BitsPerCharacter:F3} 比特，期望 {scored.ExpectedBitsPerCharacter:F3} 比特，" +
            $"共 {scored.Total.Count:N0} 个{PageUnit.InChinese(scored.Tokenizer)}{chineseCut}。"));
    }

    private static double ScaleOf(IReadOnlyList<ScoredToken> tokens)
    {
        double[] bits = [.. tokens.Select(token => token.Bits).Order()];
        return Math.Max(MinimumScale, Math.Ceiling(bits[(int)((bits.Length - 1) * (1 - DarkestFraction))]));
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items) write(item);
        json.WriteEndArray();
    }

    private static void WriteLikely(Utf8JsonWriter json, ScoredToken token)
    {
        json.WriteStartArray();
        foreach (TokenCandidate likely in token.Alternatives)
        {
            json.WriteNumberValue(likely.Id);
            json.WriteNumberValue(Math.Round(likely.Probability, 4));
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, ScoredText scored)
    {
        IEnumerable<int> ids = scored.Beginning.SelectMany(token => token.Alternatives.Select(likely => likely.Id).Append(token.Id));
        json.WriteStartObject("names");
        foreach (int id in ids.Distinct().Order())
            json.WriteString(id.ToString(CultureInfo.InvariantCulture), scored.Tokenizer.GetDisplayText(id));
        json.WriteEndObject();
    }

    private static void WritePassage(Utf8JsonWriter json, Passage passage)
    {
        json.WriteStartObject();
        json.WriteNumber("first", passage.Start);
        json.WriteNumber("length", passage.Length);
        json.WriteNumber("line", passage.Line);
        json.WriteNumber("bits", Math.Round(passage.BitsPerCharacter, 2));
        json.WriteString("text", passage.Text.Trim());
        json.WriteEndObject();
    }
}
