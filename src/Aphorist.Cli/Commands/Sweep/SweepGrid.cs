using Aphorist.Cli.CommandLine;
using Aphorist.Numerics;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>All combinations of the values that a sweep varies, numbered so that the last option changes fastest.</summary>
/// <param name="axes">The options and their values.</param>
internal sealed class SweepGrid(IReadOnlyList<SweepAxis> axes)
{
    private const int MostRuns = 10_000;
    private const int MostCombinations = 1_000_000;

    /// <summary>The values of each run, one of each option: of all combinations, or of some chosen at random.</summary>
    /// <param name="random">How many to choose; null for all.</param>
    /// <param name="seed">The seed of the choice. A larger choice with the same seed begins with the smaller one.</param>
    /// <exception cref="UsageException">There are more than anybody waits for.</exception>
    public IReadOnlyList<IReadOnlyList<string>> Choose(int? random, ulong seed)
    {
        double combinations = axes.Aggregate(1.0, (product, axis) => product * axis.Values.Count);
        if (combinations > MostCombinations) throw new UsageException("--over makes more than a million combinations: give fewer values.");
        int[] numbers = [.. Enumerable.Range(0, (int)combinations)];
        if (random is int count)
        {
            new RandomStream(seed, RandomPurpose.SweepChoice).Shuffle(numbers);
            numbers = [.. numbers.Take(count)];
        }

        return numbers.Length <= MostRuns
            ? [.. numbers.Select(Combination)]
            : throw new UsageException($"This sweep would make {numbers.Length} runs: give fewer values, or choose some of them with --random.");
    }

    private string[] Combination(int number)
    {
        string[] values = new string[axes.Count];
        for (int place = axes.Count - 1; place >= 0; place--)
        {
            (number, int value) = Math.DivRem(number, axes[place].Values.Count);
            values[place] = axes[place].Values[value];
        }

        return values;
    }
}
