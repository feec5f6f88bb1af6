using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options for the end of a text.</summary>
internal static class StopArguments
{
    private const int DefaultLength = 400;

    private static readonly NumberOption<int> Length = NumberOptions.Whole(
        "--length", "Maximum number of tokens to generate: characters, words or bytes, depending on the model's tokenizer.",
        0, fallback: DefaultLength)
        .Sets(nameof(GenerationOptions.MaxTokens));

    private static readonly NumberOption<int> MinimumLength = NumberOptions.Whole(
        "--minimum-length", "Number of tokens to generate before --stop or --stop-at can end the text.", 0, fallback: 0)
        .Sets(nameof(GenerationOptions.MinTokens));

    private static readonly Option<string[]> Stop = new Option<string[]>("--stop")
    {
        Description = $"A stop sequence: ends the text and is not part of it. Repeatable. {EscapedText.Help}",
        HelpName = "text",
    }.Sets(nameof(GenerationOptions.StopSequences));

    private static readonly ChoiceOption<Unit> StopAt = new(
        "--stop-at", "End the text at the end of a line or paragraph.", ("line", Unit.Line), ("paragraph", Unit.Paragraph));

    private enum Unit
    {
        Line,
        Paragraph,
    }

    public static OptionGroup Group { get; } = new("Stopping", Length, MinimumLength, Stop, StopAt);

    /// <summary>Whether every text is one line.</summary>
    public static bool IsAtLine(ParseResult call) => StopAt.GetValue(call) == Unit.Line;

    /// <summary>Creates options with the lengths and stop sequences of a call.</summary>
    public static GenerationOptions Bind(ParseResult call)
    {
        string[] unit = StopAt.GetValue(call) switch { Unit.Line => ["\n"], Unit.Paragraph => ["\n\n"], _ => [] };
        GenerationOptions options = new()
        {
            MaxTokens = Length.GetValue(call) ?? DefaultLength,
            MinTokens = MinimumLength.GetValue(call) ?? 0,
            StopSequences = [.. unit, .. (call.GetValue(Stop) ?? []).Select(EscapedText.Read)],
        };
        if (options is { MinTokens: > 0, StopSequences.Count: 0 })
            throw new UsageException($"{MinimumLength.Name} has no effect without {Stop.Name} or {StopAt.Name}: add one of them.");
        if (options.MinTokens > options.MaxTokens)
            throw new UsageException(
                $"{MinimumLength.Name} {options.MinTokens} is greater than {Length.Name} {options.MaxTokens}: " +
                "lower the first or raise the second.");
        return options;
    }
}
