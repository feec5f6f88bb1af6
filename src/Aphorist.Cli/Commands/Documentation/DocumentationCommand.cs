using System.CommandLine;
using System.Text;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Documentation;

/// <summary>
/// `aphorist documentation`: prints docs/command.md from the declared commands and options. Hidden, since only this repository needs it.
/// </summary>
internal static class DocumentationCommand
{
    public static Command Create()
    {
        Command command = new("documentation", "Print the reference of all commands as Markdown.") { Hidden = true };
        command.SetAction(call => CommandOutput.Of(call).Result.Write(Markdown(call.RootCommandResult.Command)));
        return command;
    }

    private static string Markdown(Command root)
    {
        StringBuilder page = new();
        page.Append("# The `aphorist` command\n\n");
        page.Append("This page is printed by `aphorist documentation`. A test fails if it is out of date.\n\n");
        page.Append(root.Description).Append("\n\n");
        AppendExamples(page, root);
        page.Append("| exit code | meaning |\n| --- | --- |\n");
        page.Append("| 0 | success |\n| 1 | failure |\n| 2 | wrong call |\n| 130 | interrupted |\n\n");
        page.Append("Results are written to standard output, progress and messages to standard error. ");
        page.Append("Setting `NO_COLOR` turns colours off.\n\n");
        page.Append("`--tied` alone is `--tied true`. An option with `[true|false]` takes only these words as its value, so ");
        page.Append("`train --tied mine.txt` trains on that text; a text named `true` is written `./true`. The last value of a ");
        page.Append("repeated option counts. `--learning_rate` is `--learning-rate`, and names of options in other programs, such as ");
        page.Append("`--lr`, are accepted or explained: [Coming from nanoGPT, Keras, textgenrnn and others](coming-from.md).\n\n");
        page.Append("The file of `--output` is complete or absent: an existing file is replaced only by a complete new one, keeps its ");
        page.Append("permissions, and stays as it is if the command fails or is interrupted. Symbolic links are followed. ");
        page.Append("A read-only file, or a file that the command reads, is refused. Devices and pipes are written to directly, ");
        page.Append("and `-` is standard output; other results then go to standard error.\n\n");
        page.Append("## General options\n\nEvery command accepts them.\n\n");
        foreach (OptionGroup group in OptionGroup.Of(root)) AppendOptions(page, group);
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden)) AppendCommand(page, command);
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void AppendCommand(StringBuilder page, Command command)
    {
        string options = command.Options.Count > 0 ? " [options]" : "";
        string call = CommandHelp.CallOf(command);
        page.Append($"## {call}\n\n{command.Description}\n\n```\n{CommandHelp.UsageOf(command)}{options}\n```\n\n");
        AppendTable(page, "argument", command.Arguments.Select(argument => (CommandHelp.UsageOf(argument), argument.Description)));
        foreach (OptionGroup group in OptionGroup.Of(command))
            AppendOptions(page, group);
        AppendExamples(page, command);
        foreach (Command subcommand in command.Subcommands.Where(subcommand => !subcommand.Hidden)) AppendCommand(page, subcommand);
    }

    private static void AppendOptions(StringBuilder page, OptionGroup group) =>
        AppendTable(page, group.Heading, group.Options.Select(option => (CommandHelp.UsageOf(option), option.Description)));

    private static void AppendTable(StringBuilder page, string heading, IEnumerable<(string Label, string? Meaning)> rows)
    {
        if (!rows.Any()) return;
        page.Append($"| {heading} | |\n| --- | --- |\n");
        foreach ((string label, string? meaning) in rows)
            page.Append($"| `{label.Replace("|", "\\|", StringComparison.Ordinal)}` | {Cell(meaning ?? "")} |\n");
        page.Append('\n');
    }

    private static string Cell(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "<br>", StringComparison.Ordinal);

    private static void AppendExamples(StringBuilder page, Command command)
    {
        foreach (Example example in Example.Of(command)) page.Append($"{example.Meaning}\n\n```sh\n{example.Call}\n```\n\n");
    }
}
