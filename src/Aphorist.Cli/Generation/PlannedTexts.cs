using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.CommandLine;
using Aphorist.Generation;

namespace Aphorist.Cli.Generation;

/// <summary>The texts that a request asks for, one after the other; each is written only when it is read.</summary>
internal static class PlannedTexts
{
    // After so many repetitions in a row there is no hope that a text comes that was not there before.
    private const int MostRepetitions = 20_000;

    /// <exception cref="WrongCallException">The options do not fit the model.</exception>
    public static IEnumerable<TextToWrite> Of(WritingRequest request, TextGenerator generator, CancellationToken cancellationToken)
    {
        try
        {
            return request.Beams is { } beams ? Best(request, generator, beams, cancellationToken)
                : request.Count > 1 ? Many(request, generator, cancellationToken)
                : Sampled(request, generator);
        }
        catch (ArgumentException exception) when (exception.ParamName is null)
        {
            throw new WrongCallException(exception.Message);
        }
    }

    private static TextToWrite[] Sampled(WritingRequest request, TextGenerator generator) =>
    [
        .. request.Sampling.Select(sampling => new TextToWrite(
            request.Sampling.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"temperature {sampling.Temperature}") : null,
            generator.Stream(request.KnownPrompt, sampling, request.Length, request.Stop),
            json => WriteSampling(json, sampling, sampling.Seed))),
    ];

    private static IEnumerable<TextToWrite> Many(WritingRequest request, TextGenerator generator, CancellationToken cancellationToken)
    {
        SamplingOptions sampling = request.Sampling[0];
        IEnumerable<string> texts = generator.CompleteMany(Prompts(), request.Length, sampling, request.Stop, cancellationToken);
        return Titled(request.Unique ? Different(texts, request.Count) : texts.Index().Take(request.Count));

        IEnumerable<string> Prompts()
        {
            while (true) yield return request.KnownPrompt;
        }

        IEnumerable<TextToWrite> Titled(IEnumerable<(int Number, string Text)> numbered)
        {
            foreach ((int number, string text) in numbered)
                yield return new TextToWrite(request.AreLines ? null : $"text {number + 1}", [text], json => WriteSampling(json, sampling, sampling.Seed + (ulong)number));
        }
    }

    /// <summary>The texts that were not there before, with their numbers among all.</summary>
    private static IEnumerable<(int Number, string Text)> Different(IEnumerable<string> texts, int count)
    {
        HashSet<string> seen = [];
        int repetitions = 0;
        foreach ((int number, string text) in texts.Index())
        {
            repetitions = seen.Add(text) ? 0 : repetitions + 1;
            if (repetitions == 0) yield return (number, text);
            if (seen.Count == count) yield break;
            if (repetitions == MostRepetitions)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Only {seen.Count:N0} different texts came in {number + 1:N0} attempts: ask for fewer, or raise the temperature or the length."));
        }
    }

    private static TextToWrite[] Best(WritingRequest request, TextGenerator generator, BeamOptions beams, CancellationToken cancellationToken) =>
    [
        .. generator.Search(request.KnownPrompt, request.Length, beams, request.Stop, cancellationToken).Select(found => new TextToWrite(
            beams.Results > 1 ? string.Create(CultureInfo.InvariantCulture, $"log probability {found.LogProbability:F2}, score {found.Score:F2}") : null,
            [found.Text],
            json =>
            {
                json.WriteNumber("logProbability", found.LogProbability);
                json.WriteNumber("score", found.Score);
            })),
    ];

    private static void WriteSampling(Utf8JsonWriter json, SamplingOptions sampling, ulong seed)
    {
        json.WriteNumber("temperature", sampling.Temperature);
        json.WriteNumber("seed", seed);
    }
}
