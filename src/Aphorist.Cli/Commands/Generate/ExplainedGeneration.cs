using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>
/// Carries out a call of `aphorist generate --explain`: writes a text with how surprising each token is, in colours on a terminal, as a JSON object a
/// token for scripts, and as nothing but the text elsewhere.
/// </summary>
internal static class ExplainedGeneration
{
    private const int Alternatives = 5;

    /// <summary>Writes one text.</summary>
    /// <param name="generator">Who writes it.</param>
    /// <param name="prompt">A prompt that the model knows.</param>
    /// <param name="options">How it is generated.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Stops it between two tokens.</param>
    public static int Run(TextGenerator generator, string prompt, GenerationOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        IEnumerable<ScoredToken> tokens = generator.StreamTokens(prompt, options, output.Json ? Alternatives : 0, cancellationToken);
        SurpriseShades? shades = output.Json ? null : SurpriseShades.OfTerminal(output.Console, generator.Tokenizer);
        if (!output.Json) output.Result.Type(prompt);
        double nats = 0, entropy = 0;
        List<int> ids = [];
        foreach (ScoredToken token in tokens)
        {
            output.Result.Type(output.Json ? Json(token) + "\n" : shades?.Paint(token.Text, token.Bits) ?? token.Text);
            (nats, entropy) = (nats - token.LogProbability, entropy + token.Entropy);
            ids.Add(token.Id);
        }

        if (shades is not null) output.Result.Write($"\n\n{shades.Legend()}");
        if (!output.Json) output.Result.Announce("");
        output.Result.Flush();
        if (ids.Count > 0 && !output.Json) output.Notes.WriteLine(Sentence(nats, entropy, generator.Tokenizer.CountCharacters(ids.ToArray())));
        return ExitCode.Done;
    }

    private static string Sentence(double nats, double entropy, int characters) => string.Create(
        CultureInfo.InvariantCulture,
        $"{nats / Math.Log(2) / characters:F2} bits of surprise per character; by the model's own probabilities {entropy / Math.Log(2) / characters:F2} were to be expected.");

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
