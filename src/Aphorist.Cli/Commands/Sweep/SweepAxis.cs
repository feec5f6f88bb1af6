using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>An option of `aphorist train` that varies in a sweep.</summary>
/// <param name="Name">The name of the option without dashes.</param>
/// <param name="Values">Its values.</param>
internal sealed record SweepAxis(string Name, IReadOnlyList<string> Values)
{
    private const int MaximumRuns = 10_000;
    private const int MaximumCombinations = 1_000_000;

    /// <summary>The name of the option with dashes.</summary>
    public string Option => $"--{Name}";

    /// <summary>Parses what a sweep varies, such as "hidden=128,256".</summary>
    /// <param name="words">The values of --over.</param>
    /// <param name="parse">Parses arguments of `aphorist train`, to check each value.</param>
    /// <exception cref="UsageException">A name, a value or the form is wrong.</exception>
    public static IReadOnlyList<SweepAxis> ParseAll(IReadOnlyList<string> words, Func<IReadOnlyList<string>, ParseResult> parse)
    {
        if (words.Count == 0)
            throw new UsageException("A sweep varies at least one option: add --over, such as --over \"hidden=128,256\".");
        SweepAxis[] axes = [.. words.Select(Parse)];
        string? twice = axes.CountBy(axis => axis.Name).FirstOrDefault(count => count.Value > 1).Key;
        if (twice is not null) throw new UsageException($"--over names {twice} twice: write all its values after one of them.");
        foreach (SweepAxis axis in axes) axis.Check(parse);
        return axes;
    }

    /// <summary>Lists the values of each run: all combinations, or some chosen at random. The last option changes fastest.</summary>
    /// <param name="axes">The options.</param>
    /// <param name="random">How many combinations to choose; null for all.</param>
    /// <param name="seed">The seed of the choice. A larger choice with the same seed starts with the smaller one.</param>
    /// <exception cref="UsageException">There are too many.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Combine(IReadOnlyList<SweepAxis> axes, int? random, ulong seed)
    {
        double combinations = axes.Aggregate(1.0, (product, axis) => product * axis.Values.Count);
        if (combinations > MaximumCombinations)
            throw new UsageException("--over makes more than a million combinations: give fewer values.");
        int[] numbers = [.. Enumerable.Range(0, (int)combinations)];
        if (random is int count)
        {
            new RandomStream(seed, RandomPurpose.SweepChoice).Shuffle(numbers);
            numbers = [.. numbers.Take(count)];
        }

        return numbers.Length <= MaximumRuns
            ? [.. numbers.Select(number => Combination(axes, number))]
            : throw new UsageException(
                $"This sweep has {numbers.Length} runs, at most {MaximumRuns} are possible: give fewer values, or add --random.");
    }

    /// <summary>Says how the values were read, if their commas could be decimal commas; null if they could not.</summary>
    public string? DecimalCommaNote() => RunFlags.Options.Single(option => option.Name == Option) is NumberOption<double>
        ? DecimalComma.Note($"--over {Name}", [.. Values])
        : null;

    private void Check(Func<IReadOnlyList<string>, ParseResult> parse)
    {
        try
        {
            foreach (string value in Values) RunFlags.PresetOf(parse([Option, value]));
        }
        catch (UsageException exception) when (DecimalCommaNote() is string note)
        {
            throw new UsageException($"{exception.Message} {note}");
        }
    }

    private static string[] Combination(IReadOnlyList<SweepAxis> axes, int number)
    {
        string[] values = new string[axes.Count];
        for (int index = axes.Count - 1; index >= 0; index--)
        {
            (number, int value) = Math.DivRem(number, axes[index].Values.Count);
            values[index] = axes[index].Values[value];
        }

        return values;
    }

    private static SweepAxis Parse(string word)
    {
        string[] parts = word.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts is not [{ Length: > 0 } name, { Length: > 0 } list])
            throw new UsageException($"--over takes an option and its values, such as \"hidden=128,256\", not '{word}'.");
        if (OptionWords.Find(name, RunFlags.Options)?.Name[2..] is not string option)
            throw new UsageException($"--over cannot vary '{name}', which is not an option of a run.{Hint(name)}");
        SweepAxis axis = new(option, list.Split(',', StringSplitOptions.TrimEntries));
        if (axis.Values.Contains("")) throw new UsageException($"--over has an empty value for {name}: remove a comma or add a value.");
        string? twice = axis.Values.CountBy(value => value).FirstOrDefault(count => count.Value > 1).Key;
        return twice is null ? axis : throw new UsageException($"--over gives {name} the value {twice} twice: remove one.");
    }

    private static string Hint(string name)
    {
        string[] options = [.. RunFlags.Options.Select(option => option.Name)];
        return FamiliarNames.HintOn(OptionWords.Plain(name), options) is string hint ? $" {hint}"
            : NearestName.To(name, options.Select(option => option[2..])) is string nearest ? $" Did you mean '{nearest}'?"
            : " `aphorist sweep --help` lists the options.";
    }
}
