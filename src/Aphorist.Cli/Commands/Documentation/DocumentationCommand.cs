using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Documentation;

/// <summary>`aphorist documentation`: prints docs/command.md from what the parser knows. Hidden: it is for this repository.</summary>
internal static class DocumentationCommand
{
    public static Command Create()
    {
        Command command = new("documentation", "Prints the documentation of all commands as Markdown.") { Hidden = true };
        command.SetAction(call => CommandOutput.Of(call).Result.Write(CommandMarkdown.Of(call.RootCommandResult.Command)));
        return command;
    }
}
