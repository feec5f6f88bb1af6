using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Aphorist.Cli.CommandLine;

/// <summary>An example call, shown in the help and in the documentation.</summary>
/// <param name="Call">What to type.</param>
/// <param name="Meaning">What it does, in one sentence.</param>
internal sealed record Example(string Call, string Meaning)
{
    private static readonly ConditionalWeakTable<Command, Example[]> Examples = [];

    /// <summary>Sets the examples of a command.</summary>
    public static void Attach(Command command, params Example[] examples) => Examples.Add(command, examples);

    /// <summary>The examples of a command.</summary>
    public static IReadOnlyList<Example> Of(Command command) => Examples.TryGetValue(command, out Example[]? examples) ? examples : [];
}

/// <summary>Options that the help and the documentation show under one heading.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Options">The options, in the order in which they are shown.</param>
internal sealed record OptionGroup(string Heading, params IReadOnlyList<Option> Options)
{
    private static readonly ConditionalWeakTable<Command, OptionGroup[]> Groups = [];

    /// <summary>Adds the options of the groups to a command.</summary>
    public static void Attach(Command command, params OptionGroup[] groups)
    {
        Groups.Add(command, groups);
        foreach (Option option in groups.SelectMany(group => group.Options)) command.Add(option);
    }

    /// <summary>The groups of a command; options that are in no group form one named "Options". Hidden options are left out.</summary>
    public static IReadOnlyList<OptionGroup> Of(Command command)
    {
        OptionGroup[] attached = Groups.TryGetValue(command, out OptionGroup[]? groups) ? groups : [];
        IEnumerable<Option> others = command.Options.Except(attached.SelectMany(group => group.Options));
        IEnumerable<OptionGroup> all = [.. attached, new("Options", [.. others])];
        IEnumerable<OptionGroup> visible = all.Select(group => group with { Options = [.. group.Options.Where(option => !option.Hidden)] });
        return [.. visible.Where(group => group.Options.Count > 0)];
    }
}

/// <summary>Prints the help of a command: usage, arguments, options under their headings, subcommands and examples.</summary>
internal sealed class CommandHelp : SynchronousCommandLineAction
{
    private const int LabelWidth = 30;
    private const int RedirectedWidth = 100;
    private const int MinimumWidth = 60;
    private const int MaximumWidth = 120;

    public override bool ClearsParseErrors => true;

    /// <summary>A command as it is typed: <c>aphorist cache clear</c>.</summary>
    public static string CallOf(Command command)
    {
        if (command is RootCommand) return AphoristCommand.Name;
        return $"{CallOf(command.Parents.OfType<Command>().Single())} {command.Name}";
    }

    /// <summary>A command with its arguments: <c>aphorist evaluate MODEL CORPUS...</c>.</summary>
    public static string UsageOf(Command command) =>
        CallOf(command) + string.Concat(command.Arguments.Select(argument => $" {UsageOf(argument)}"));

    /// <summary>An argument as it is typed, in brackets where it may be left out.</summary>
    public static string UsageOf(Argument argument)
    {
        string many = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}{many}]" : argument.Name + many;
    }

    /// <summary>The names of an option and its value, in brackets where it may be left out.</summary>
    public static string UsageOf(Option option)
    {
        IEnumerable<string> names = [option.Name, .. option.Aliases.Where(alias => alias.StartsWith('-') && alias != "-?")];
        string value = option is HelpOption or VersionOption || option.HelpName is not string name ? ""
            : option is ChoiceOption<bool> ? $" [{name}]"
            : $" <{name}>";
        return string.Join(", ", names.OrderBy(name => name.Length)) + value;
    }

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, Invocation.ConsoleOf(parseResult), parseResult.InvocationConfiguration.Output);
        return ExitCode.Done;
    }

    /// <summary>Writes the help of a command to standard output.</summary>
    public static void Write(Command command, CommandOutput output) => Write(command, output.Console, output.Result);

    private static void Write(Command command, AphoristConsole console, TextWriter output)
    {
        int width = console.IsOutputTerminal
            ? Math.Clamp(console.OutputTerminal.Profile.Width, MinimumWidth, MaximumWidth)
            : RedirectedWidth;
        Write(command, output, width);
    }

    private static void Write(Command command, TextWriter output, int width)
    {
        foreach (string line in Wrap(command.Description ?? "", width)) output.WriteLine(line);
        WriteUsage(command, output);
        WriteSection("Arguments", command.Arguments.Select(argument => (UsageOf(argument), argument.Description)), output, width);
        WriteSection(
            "Commands", command.Subcommands.Where(one => !one.Hidden).Select(one => (one.Name, one.Description)), output, width);
        foreach (OptionGroup group in OptionGroup.Of(command)) WriteOptions(group, output, width);
        WriteOptions(General(command), output, width);
        WriteExamples(command, output);
    }

    private static void WriteUsage(Command command, TextWriter output)
    {
        string operands = command.Subcommands.Count == 0 ? "" : command.Action is null ? " COMMAND" : " [COMMAND]";
        output.WriteLine($"\nUsage: {UsageOf(command)}{operands} [options]");
    }

    /// <summary>The options that every command takes.</summary>
    private static OptionGroup General(Command command)
    {
        IEnumerable<Option> inherited = command.Parents.OfType<Command>().SelectMany(parent => parent.Options);
        return new OptionGroup("General options", [.. inherited.Where(option => option is { Recursive: true, Hidden: false })]);
    }

    private static void WriteOptions(OptionGroup group, TextWriter output, int width) =>
        WriteSection(group.Heading, group.Options.Select(option => (UsageOf(option), option.Description)), output, width);

    private static void WriteSection(string heading, IEnumerable<(string Label, string? Text)> rows, TextWriter output, int width)
    {
        bool isEmpty = true;
        foreach ((string label, string? text) in rows)
        {
            if (isEmpty) output.WriteLine($"\n{heading}:");
            isEmpty = false;
            string shown = $"  {label}";
            foreach (string line in (text ?? "").Split('\n').SelectMany(paragraph => Wrap(paragraph, width - LabelWidth)))
            {
                // A label that is too long has a line of its own.
                if (shown.Length > LabelWidth - 2)
                {
                    output.WriteLine(shown);
                    shown = "";
                }

                output.WriteLine(shown.PadRight(LabelWidth) + line);
                shown = "";
            }
        }
    }

    private static void WriteExamples(Command command, TextWriter output)
    {
        IReadOnlyList<Example> examples = Example.Of(command);
        if (examples.Count == 0) return;
        output.WriteLine("\nExamples:");
        foreach (Example example in examples)
        {
            output.WriteLine($"  {example.Call}");
            output.WriteLine($"      {example.Meaning}");
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
