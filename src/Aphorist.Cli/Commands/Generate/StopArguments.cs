using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options that say where a text ends.</summary>
internal static class StopArguments
{
    private static readonly NumberOption<int> MostTokens = NumberOptions.Whole("--length", "Tokens to write at most: characters, or words and what is between them, or bytes, whatever the model was trained on. 400 by default.", 0);

    private static readonly NumberOption<int> LeastTokens = NumberOptions.Whole("--minimum-length", "Tokens to write at least before --stop or --stop-at ends the text. 0 by default.", 0);

    private static readonly Option<string[]> Stop = new("--stop") { Description = "A text that ends what is written, and is not part of it; may be given several times. \\n is a line break.", HelpName = "text" };

    private static readonly ChoiceOption<TextUnit> StopAt = new(
        "--stop-at", "Ends the text at the end of a line or of a paragraph.", ("line", TextUnit.Line), ("paragraph", TextUnit.Paragraph));

    public static IReadOnlyList<Option> All { get; } = [MostTokens, LeastTokens, Stop, StopAt];

    public static int LengthOf(ParseResult call) => MostTokens.GetValue(call) ?? 400;

    /// <summary>Whether every text is a line.</summary>
    public static bool IsAtLine(ParseResult call) => StopAt.GetValue(call) == TextUnit.Line;

    /// <summary>Adds length and stop sequences to the options of each text.</summary>
    public static IReadOnlyList<GenerationOptions> AddTo(IReadOnlyList<GenerationOptions> options, ParseResult call)
    {
        string[] at = StopAt.GetValue(call) switch
        {
            TextUnit.Line => ["\n"],
            TextUnit.Paragraph => ["\n\n"],
            _ => [],
        };
        string[] texts = [.. at, .. (call.GetValue(Stop) ?? []).Select(EscapedText.Read)];
        int least = LeastTokens.GetValue(call) ?? 0;
        if (least > 0 && texts.Length == 0)
            throw new UsageException($"{LeastTokens.Name} delays the end of a text, and without {Stop.Name} or {StopAt.Name} it ends only at its full length: add one of them.");
        if (least > LengthOf(call)) throw new UsageException($"{LeastTokens.Name} is {least} and {MostTokens.Name} {LengthOf(call)}: the least cannot be more than the most.");
        return [.. options.Select(one => one with { MaxTokens = LengthOf(call), MinTokens = least, StopSequences = texts })];
    }

    private enum TextUnit
    {
        Line,
        Paragraph,
    }
}
