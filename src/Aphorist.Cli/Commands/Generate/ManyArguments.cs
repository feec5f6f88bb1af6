using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options that ask for many texts, or for the best of many.</summary>
internal static class ManyArguments
{
    private static readonly NumberOption<int> Count = NumberOptions.Whole("--count", "How many texts to write from the same prompt, 256 at a time; text n has the seed plus n. 1 by default.", 1);

    private static readonly Option<bool> Unique = new("--unique") { Description = "With --count: only texts that differ from each other." };

    private static readonly NumberOption<int> Beams = NumberOptions.Whole(
        "--beams", "Beam search: looks for the likeliest text as a whole, following so many beginnings at the same time, instead of drawing tokens.", 1, 4096);

    private static readonly NumberOption<int> Best = NumberOptions.Whole("--best", "With --beams: how many of the best texts to show. 1 by default.", 1);

    private static readonly NumberOption<double> LengthPenalty = NumberOptions.Real(
        "--length-penalty", "a", "With --beams: how much long texts are preferred where texts may end early: 0 not at all. 0.6 by default.", value => value >= 0, "a number from 0 up");

    public static IReadOnlyList<Option> All { get; } = [Count, Unique, Beams, Best, LengthPenalty];

    public static int CountOf(ParseResult call) => Count.GetValue(call) ?? 1;

    public static bool IsUnique(ParseResult call) => call.GetValue(Unique);

    /// <summary>How to search; null where tokens are drawn.</summary>
    public static BeamOptions? BeamsOf(ParseResult call)
    {
        if (IsUnique(call) && CountOf(call) == 1) throw new UsageException($"{Unique.Name} compares texts with each other: add {Count.Name}.");
        if (Beams.GetValue(call) is not int width)
        {
            Option? stray = Best.GetValue(call) is not null ? Best : LengthPenalty.GetValue(call) is not null ? LengthPenalty : null;
            return stray is null ? null : throw new UsageException($"{stray.Name} is about beam search: add {Beams.Name}.");
        }

        if (Count.GetValue(call) is not null) throw new UsageException($"{Beams.Name} finds the same texts every time, so {Count.Name} does not fit: ask for several with {Best.Name}.");
        if (SamplingArguments.NameOfGiven(call) is string sampling) throw new UsageException($"{Beams.Name} looks for the likeliest text and draws nothing, so {sampling} would change nothing: leave one out.");
        return new BeamOptions { BeamWidth = width, ResultCount = Best.GetValue(call) ?? 1, LengthPenalty = LengthPenalty.GetValue(call) ?? 0.6 };
    }
}
