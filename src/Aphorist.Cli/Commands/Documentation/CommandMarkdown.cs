using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Documentation;

/// <summary>The reference of all commands, as Markdown.</summary>
internal static class CommandMarkdown
{
    public static string Of(Command root)
    {
        StringBuilder page = new();
        page.Append("# The `aphorist` command\n\n");
        page.Append("This page is printed by `aphorist documentation`; a test fails when it is stale.\n\n");
        page.Append(root.Description).Append("\n\n");
        AppendExamples(page, root);
        page.Append("Exit codes: 0 done, 1 the work failed, 2 the call is wrong, 130 interrupted. Results go to standard output, everything else to ");
        page.Append("standard error. Colours follow `NO_COLOR`.\n\n");
        page.Append("## Every command\n\n");
        AppendOptions(page, root.Options);
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden)) AppendCommand(page, "aphorist", command);
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void AppendCommand(StringBuilder page, string parent, Command command)
    {
        string name = $"{parent} {command.Name}";
        string arguments = string.Concat(command.Arguments.Select(argument => " " + UsageOf(argument)));
        page.Append("## ").Append(name).Append("\n\n");
        page.Append(command.Description).Append("\n\n```\n").Append(name).Append(arguments);
        page.Append(command.Options.Count == 0 ? "\n```\n\n" : " [options]\n```\n\n");
        if (command.Arguments.Count > 0)
        {
            page.Append("| argument | meaning |\n| --- | --- |\n");
            foreach (Argument argument in command.Arguments) AppendRow(page, argument.Name, argument.Description);
            page.Append('\n');
        }

        AppendOptions(page, command.Options);
        AppendExamples(page, command);
        foreach (Command child in command.Subcommands.Where(child => !child.Hidden)) AppendCommand(page, name, child);
    }

    private static void AppendOptions(StringBuilder page, IEnumerable<Option> options)
    {
        Option[] shown = [.. options.Where(option => !option.Hidden)];
        if (shown.Length == 0) return;
        page.Append("| option | meaning |\n| --- | --- |\n");
        foreach (Option option in shown)
        {
            string value = option.HelpName is string name && option is not (HelpOption or VersionOption) ? $" {name}" : "";
            string[] names = [option.Name, .. option.Aliases.Where(alias => alias.StartsWith('-') && alias != "-?")];
            AppendRow(page, $"{string.Join(", ", names)}{value}", option.Description);
        }

        page.Append('\n');
    }

    private static void AppendExamples(StringBuilder page, Command command)
    {
        foreach (Example example in Example.Of(command))
            page.Append(example.Meaning).Append("\n\n```sh\n").Append(example.Call).Append("\n```\n\n");
    }

    private static void AppendRow(StringBuilder page, string name, string? meaning) =>
        page.Append("| `").Append(name.Replace("|", "\\|", StringComparison.Ordinal)).Append("` | ").Append(meaning).Append(" |\n");

    private static string UsageOf(Argument argument)
    {
        string many = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}{many}]" : argument.Name + many;
    }
}
