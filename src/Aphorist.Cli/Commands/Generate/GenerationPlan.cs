using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The texts that a request asks for, one after the other; each is written only when it is read.</summary>
internal static class GenerationPlan
{
    // After so many repetitions in a row there is no hope that a text comes that was not there before.
    private const int MostRepetitions = 20_000;

    /// <exception cref="UsageException">The options do not fit the model.</exception>
    public static IEnumerable<GenerationItem> Of(GenerationRequest request, TextGenerator generator, CancellationToken cancellationToken)
    {
        try
        {
            return request.Beams is { } beams ? Best(request, generator, beams, cancellationToken)
                : request.Count > 1 ? Many(request, generator, cancellationToken)
                : Sampled(request, generator);
        }
        catch (InvalidOptionsException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static GenerationItem[] Sampled(GenerationRequest request, TextGenerator generator) =>
    [
        .. request.Options.Select(options => new GenerationItem(
            request.Options.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"temperature {options.Temperature}") : null,
            generator.Stream(request.KnownPrompt, options),
            json => WriteSampling(json, options, options.Seed!.Value))),
    ];

    private static IEnumerable<GenerationItem> Many(GenerationRequest request, TextGenerator generator, CancellationToken cancellationToken)
    {
        GenerationOptions options = request.Options[0];
        IEnumerable<string> texts = generator.GenerateBatch(Prompts(), options, cancellationToken);
        return Titled(request.Unique ? Different(texts, request.Count) : texts.Index().Take(request.Count));

        IEnumerable<string> Prompts()
        {
            while (true) yield return request.KnownPrompt;
        }

        IEnumerable<GenerationItem> Titled(IEnumerable<(int Number, string Text)> numbered)
        {
            foreach ((int number, string text) in numbered)
                yield return new GenerationItem(request.AreLines ? null : $"text {number + 1}", [text], json => WriteSampling(json, options, options.Seed!.Value + (ulong)number));
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

    private static GenerationItem[] Best(GenerationRequest request, TextGenerator generator, BeamOptions beams, CancellationToken cancellationToken) =>
    [
        .. generator.BeamSearch(request.KnownPrompt, request.Options[0], beams, cancellationToken).Select(found => new GenerationItem(
            beams.ResultCount > 1 ? string.Create(CultureInfo.InvariantCulture, $"log probability {found.LogProbability:F2}, score {found.Score:F2}") : null,
            [found.Text],
            json =>
            {
                json.WriteNumber("logProbability", found.LogProbability);
                json.WriteNumber("score", found.Score);
            })),
    ];

    private static void WriteSampling(Utf8JsonWriter json, GenerationOptions options, ulong seed)
    {
        json.WriteNumber("temperature", options.Temperature);
        json.WriteNumber("seed", seed);
    }
}
