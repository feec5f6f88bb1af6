using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>An option of `aphorist train` and the values it takes in a sweep.</summary>
/// <param name="Name">The option's name without its dashes.</param>
/// <param name="Values">The values, as they would follow the option.</param>
internal sealed record SweepAxis(string Name, IReadOnlyList<string> Values)
{
    /// <summary>The option as a call of `aphorist train` writes it.</summary>
    public string Option => Dashed(Name);

    /// <summary>Reads what a sweep varies, such as "hidden=128,256", and has the options themselves check the values.</summary>
    /// <exception cref="UsageException">A name, a value or the form is wrong.</exception>
    public static IReadOnlyList<SweepAxis> ParseAll(IReadOnlyList<string> words, TrainingParser parser)
    {
        if (words.Count == 0) throw new UsageException("A sweep varies at least one option: add --over, such as --over \"hidden=128,256\".");
        SweepAxis[] axes = [.. words.Select(word => Parse(word, parser))];
        string? twice = axes.CountBy(axis => axis.Name).FirstOrDefault(count => count.Value > 1).Key;
        return twice is null ? axes : throw new UsageException($"--over names {twice} twice: write all its values after one of them.");
    }

    private static SweepAxis Parse(string word, TrainingParser parser)
    {
        string[] parts = word.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts is not [{ Length: > 0 } name, { Length: > 0 } list])
            throw new UsageException($"--over takes an option's name and its values, such as \"hidden=128,256\", not '{word}'.");
        if (!parser.Names.Contains(Dashed(name))) throw new UsageException(Unknown(name, parser.Names));
        SweepAxis axis = new(name, list.Split(',', StringSplitOptions.TrimEntries));
        axis.Check(parser);
        return axis;
    }

    private void Check(TrainingParser parser)
    {
        if (Values.Contains("")) throw new UsageException($"--over has an empty value for {Name}: write something between two commas, or fewer commas.");
        string? twice = Values.CountBy(value => value).FirstOrDefault(count => count.Value > 1).Key;
        if (twice is not null) throw new UsageException($"--over gives {Name} the value {twice} twice: once is enough.");
        foreach (string value in Values) RunPreparation.PresetNamed(parser.Parse([Option, value]).Preset);
    }

    private static string Dashed(string name) => $"--{name}";

    private static string Unknown(string name, IEnumerable<string> options)
    {
        string hint = NearestName.To(name, options.Select(option => option[2..])) is string nearest ? $" Did you mean '{nearest}'?" : " `aphorist sweep --help` lists them.";
        return $"--over cannot vary '{name}', which is no option of a run.{hint}";
    }
}
