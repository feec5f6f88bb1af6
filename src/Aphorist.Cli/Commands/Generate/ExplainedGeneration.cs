using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>
/// Runs `aphorist generate --explain`: generates a text and shows the surprisal of each token, as colours on a terminal or as one JSON
/// object per token. Without a terminal and JSON, only the text is written.
/// </summary>
internal static class ExplainedGeneration
{
    private const int Alternatives = 5;

    public static void Run(
        TextGenerator generator, string prompt, GenerationOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        IEnumerable<ScoredToken> tokens = generator.StreamTokens(prompt, options, output.Json ? Alternatives : 0, cancellationToken);
        SurprisalColors? colors = output.Json ? null : SurprisalColors.ForOutput(output.Console, generator.Tokenizer);
        WordWrap? wrap = output.WrapResult();
        Action<string> write = wrap is null ? output.Result.Type : wrap.Write;
        if (!output.Json) write(prompt);
        double loss = 0, entropy = 0;
        List<int> ids = [];
        try
        {
            foreach (ScoredToken token in tokens)
            {
                write(output.Json ? Json(token) + "\n" : colors?.Paint(token.Text, token.Bits) ?? token.Text);
                (loss, entropy) = (loss - token.LogProbability, entropy + token.Entropy);
                ids.Add(token.Id);
            }
        }
        finally
        {
            // The word at which it was interrupted.
            wrap?.Flush();
        }

        if (colors is not null) output.Result.Write($"\n\n{colors.Legend()}");
        if (!output.Json) output.Result.Announce("");
        output.Result.Flush();
        if (ids.Count > 0 && !output.Json) output.Notes.WriteLine(Summary(loss, entropy, generator.Tokenizer.CountCharacters([.. ids])));
    }

    private static string Summary(double loss, double entropy, int characters) => string.Create(
        CultureInfo.InvariantCulture,
        $"Surprisal: {loss / Math.Log(2) / characters:F2} bits per character. " +
        $"Expected by the model: {entropy / Math.Log(2) / characters:F2}.");

    private static string Json(ScoredToken token) => JsonLine.Of(json =>
    {
        json.WriteString("text", token.Text);
        json.WriteString("token", token.DisplayText);
        json.WriteNumber("id", token.Id);
        json.WriteNumber("logProbability", token.LogProbability);
        json.WriteNumber("rank", token.Rank);
        json.WriteNumber("entropy", token.Entropy);
        json.WriteStartArray("alternatives");
        foreach (TokenCandidate alternative in token.Alternatives)
        {
            json.WriteStartObject();
            json.WriteString("token", alternative.DisplayText);
            json.WriteNumber("id", alternative.Id);
            json.WriteNumber("probability", alternative.Probability);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
