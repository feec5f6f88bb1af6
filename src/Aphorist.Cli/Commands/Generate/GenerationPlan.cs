using System.Globalization;
using System.Text.Json;
using Aphorist.Generation;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>One of the texts of a call.</summary>
/// <param name="Name">What to call it in messages.</param>
/// <param name="Title">The title that separates it from the others; null if it needs none.</param>
/// <param name="Pieces">The text, generated while it is enumerated.</param>
/// <param name="WriteFacts">Writes how the text was generated.</param>
internal sealed record GenerationItem(string Name, string? Title, IEnumerable<string> Pieces, Action<Utf8JsonWriter> WriteFacts);

/// <summary>Lists the texts that a request asks for. Each is generated when it is enumerated.</summary>
internal static class GenerationPlan
{
    /// <exception cref="InvalidOptionsException">The options do not fit the model.</exception>
    public static IEnumerable<GenerationItem> Create(
        GenerationRequest request, TextGenerator generator, CancellationToken cancellationToken) =>
        request.Beams is { } beams ? SearchBeams(request, generator, beams, cancellationToken)
        : request.Count > 1 ? SampleMany(request, generator, cancellationToken)
        : Sample(request, generator, cancellationToken);

    private static GenerationItem[] Sample(GenerationRequest request, TextGenerator generator, CancellationToken cancellationToken) =>
    [
        .. request.Options.Select(options =>
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"temperature {options.Temperature}");
            return new GenerationItem(
                name,
                request.Options.Count > 1 ? name : null,
                generator.Stream(request.KnownPrompt, options, cancellationToken),
                json => WriteSampling(json, options, number: 0));
        }),
    ];

    private static IEnumerable<GenerationItem> SampleMany(
        GenerationRequest request, TextGenerator generator, CancellationToken cancellationToken)
    {
        GenerationOptions options = request.Options[0];
        IEnumerable<string> texts = generator.GenerateBatch(
            Enumerable.Repeat(request.KnownPrompt, int.MaxValue), options, cancellationToken);
        IEnumerable<(int Number, string Text)> numbered =
            request.IsUnique ? UniqueTexts.Find(texts, request.Count, exclude: [], NotEnough) : texts.Index().Take(request.Count);
        return numbered.Select((item, index) => new GenerationItem(
            request.IsLines ? $"line {index + 1}" : $"text {item.Number + 1}",
            request.IsLines ? null : $"text {item.Number + 1}",
            [item.Text],
            json => WriteSampling(json, options, item.Number)));
    }

    private static InvalidDataException NotEnough(int found, int attempts) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Only {found:N0} different texts were found in {attempts:N0} attempts. "
        + $"Lower --count, or raise --temperature or --length."));

    private static GenerationItem[] SearchBeams(
        GenerationRequest request, TextGenerator generator, BeamOptions beams, CancellationToken cancellationToken) =>
    [
        .. generator.BeamSearch(request.KnownPrompt, request.Options[0], beams, cancellationToken).Index().Select(
            item => new GenerationItem(
            $"text {item.Index + 1}",
            beams.ResultCount > 1
                ? string.Create(CultureInfo.InvariantCulture, $"log probability {item.Item.LogProbability:F2}, score {item.Item.Score:F2}")
                : null,
            [item.Item.Text],
            json =>
            {
                json.WriteNumber("logProbability", item.Item.LogProbability);
                json.WriteNumber("score", item.Item.Score);
            })),
    ];

    private static void WriteSampling(Utf8JsonWriter json, GenerationOptions options, int number)
    {
        json.WriteNumber("temperature", options.Temperature);
        json.WriteNumber("seed", options.Seed!.Value + (ulong)number);
    }
}
