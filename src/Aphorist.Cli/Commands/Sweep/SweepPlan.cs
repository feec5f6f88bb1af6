using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>One run of a sweep.</summary>
/// <param name="Name">The options that vary and their values, which is also the name of the folder: hidden=128_dropout=0.2.</param>
/// <param name="Values">The values of the options that vary, in their order.</param>
/// <param name="Words">The arguments of `aphorist train` for the same run, without the folder.</param>
/// <param name="Call">The parsed arguments.</param>
/// <param name="Folder">The run folder.</param>
internal sealed record SweepRun(string Name, IReadOnlyList<string> Values, IReadOnlyList<string> Words, ParseResult Call, string Folder)
{
    /// <summary>The options of the run. The file exists once the run has started.</summary>
    public string OptionsFile => Path.Combine(Folder, "options.json");
}

/// <summary>The runs of a sweep.</summary>
/// <param name="Options">The names of the options that vary.</param>
/// <param name="Runs">The runs, in the order of training.</param>
/// <param name="Notes">What the person should know about how the call was read.</param>
internal sealed record SweepPlan(IReadOnlyList<string> Options, IReadOnlyList<SweepRun> Runs, IReadOnlyList<string> Notes)
{
    /// <summary>Plans the runs and checks them as far as possible without reading a text.</summary>
    /// <param name="call">The call, which has the corpus and the options of all runs.</param>
    /// <param name="over">The options that vary.</param>
    /// <param name="random">How many combinations to choose at random; null for all.</param>
    /// <param name="folder">The folder of the sweep.</param>
    /// <exception cref="UsageException">The call contradicts itself.</exception>
    /// <exception cref="InvalidOptionsException">None of the runs is possible.</exception>
    public static SweepPlan Create(ParseResult call, IReadOnlyList<string> over, int? random, string folder)
    {
        Command parser = new("train") { RunFlags.Corpus };
        foreach (Option option in RunFlags.Options) parser.Add(option);
        string[] words = [.. call.GetValue(RunFlags.Corpus) ?? [], .. RunFlags.Options.SelectMany(option => WordsOf(option, call))];
        IReadOnlyList<SweepAxis> axes = SweepAxis.ParseAll(over, value => Parse(parser, value));
        Check(axes, words);
        string[] names = [.. axes.Select(axis => axis.Name)];
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        List<SweepRun> runs = [];
        foreach (IReadOnlyList<string> values in SweepAxis.Combine(axes, random, TrainingFlags.SeedOf(call)))
        {
            string name = FreeName(string.Join('_', names.Zip(values, (option, value) => $"{option}={Plain(value)}")), taken);
            string[] all = [.. words, .. axes.Zip(values, (axis, value) => (string[])[axis.Option, value]).SelectMany(pair => pair)];
            runs.Add(new SweepRun(name, values, all, Parse(parser, all), Path.Combine(folder, name)));
        }

        EnsureAnyPossible(runs);
        return new SweepPlan(names, runs, [.. axes.Select(axis => axis.DecimalCommaNote()).OfType<string>()]);
    }

    /// <summary>Parses arguments with the options of `aphorist train`, so that a value means the same in a sweep.</summary>
    private static ParseResult Parse(Command parser, IReadOnlyList<string> words)
    {
        ParseResult call = parser.Parse([.. words]);
        return call.Errors.Count == 0 ? call : throw new UsageException(call.Errors[0].Message);
    }

    private static IEnumerable<string> WordsOf(Option option, ParseResult call) =>
        call.GetResult(option) is OptionResult { Implicit: false } given ? [option.Name, given.Tokens[^1].Value] : [];

    private static void Check(IReadOnlyList<SweepAxis> axes, IReadOnlyList<string> words)
    {
        if (words.Concat(axes.SelectMany(axis => axis.Values)).Contains("-"))
            throw new UsageException("A sweep reads its corpus again for every run, so it cannot read standard input: name a file.");
        if (axes.FirstOrDefault(axis => words.Contains(axis.Option)) is { } both)
            throw new UsageException($"{both.Option} is given for all runs and also varied by --over: leave out one of them.");
    }

    /// <summary>A combination that contradicts itself is a failed run. If all do, the call is wrong.</summary>
    private static void EnsureAnyPossible(List<SweepRun> runs)
    {
        Exception? failure = null;
        foreach (SweepRun run in runs)
        {
            try
            {
                RunFlags.Create(run.Call).Validate();
                return;
            }
            catch (Exception exception) when (exception is UsageException or InvalidOptionsException)
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

    /// <summary>A value, which may be a path, as part of a folder name.</summary>
    private static string Plain(string value)
    {
        StringBuilder plain = new();
        foreach (char unit in value) plain.Append(char.IsLetterOrDigit(unit) || unit is '.' or '-' or '+' ? unit : '-');
        return plain.ToString();
    }
}
