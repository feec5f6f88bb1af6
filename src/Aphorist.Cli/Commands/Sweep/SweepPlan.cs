using System.CommandLine;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>Which runs a sweep consists of.</summary>
/// <param name="Options">The names of the options that it varies.</param>
/// <param name="Runs">The runs, in the order in which they are made.</param>
internal sealed record SweepPlan(IReadOnlyList<string> Options, IReadOnlyList<SweptRun> Runs)
{
    /// <summary>Plans the sweep and checks every run as far as that goes before a text is read.</summary>
    /// <param name="call">The call with the corpus and the options that all runs have.</param>
    /// <param name="over">What varies.</param>
    /// <param name="random">How many combinations to choose; null for all.</param>
    /// <param name="folder">The sweep's folder.</param>
    /// <exception cref="UsageException">The call contradicts itself, or no run is possible.</exception>
    public static SweepPlan Of(ParseResult call, IReadOnlyList<string> over, int? random, string folder)
    {
        TrainingParser parser = new();
        IReadOnlyList<string> words = TrainingParser.WordsOf(call);
        IReadOnlyList<SweepAxis> axes = SweepAxis.ParseAll(over, parser);
        Check(axes, words);
        ulong seed = LearningOptions.SeedIn(call);
        string[] names = [.. axes.Select(axis => axis.Name)];
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        List<SweptRun> runs = [];
        foreach (IReadOnlyList<string> values in new SweepGrid(axes).Choose(random, seed))
        {
            string name = FreeName(string.Join('_', names.Zip(values, (option, value) => $"{option}={Plain(value)}")), taken);
            string[] all = [.. words, .. axes.Zip(values, (axis, value) => (string[])[axis.Option, value]).SelectMany(pair => pair)];
            runs.Add(new SweptRun(name, values, all, parser.Parse(all), Path.Combine(folder, name)));
        }

        EnsureSomePossible(runs);
        return new SweepPlan(names, runs);
    }

    private static void Check(IReadOnlyList<SweepAxis> axes, IReadOnlyList<string> words)
    {
        if (words.Concat(axes.SelectMany(axis => axis.Values)).Contains("-")) throw new UsageException("A sweep reads its text anew for every run, which standard input cannot give: name a file.");
        if (axes.FirstOrDefault(axis => words.Contains(axis.Option)) is { } fixedToo)
            throw new UsageException($"{fixedToo.Option} is given for all runs and varied by --over too: leave out one of them.");
    }

    /// <summary>A combination that contradicts itself is a failed run; where all do, the call is wrong.</summary>
    private static void EnsureSomePossible(List<SweptRun> runs)
    {
        UsageException? failure = null;
        foreach (SweptRun run in runs)
        {
            try
            {
                RunPreparation.EnsureConsistent(run.Request);
                return;
            }
            catch (UsageException exception)
            {
                failure ??= exception;
            }
        }

        throw failure!;
    }

    private static string FreeName(string wanted, HashSet<string> taken)
    {
        string free = wanted;
        for (int number = 2; !taken.Add(free); number++) free = $"{wanted}-{number}";
        return free;
    }

    /// <summary>A value, which may be the path of a text, as part of a folder's name.</summary>
    private static string Plain(string value)
    {
        StringBuilder plain = new();
        foreach (char unit in value) plain.Append(char.IsLetterOrDigit(unit) || unit is '.' or '-' or '+' ? unit : '-');
        return plain.ToString();
    }
}
