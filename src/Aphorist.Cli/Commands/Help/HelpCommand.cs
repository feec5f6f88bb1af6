using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Help;

/// <summary>`aphorist help` and `aphorist version`: the options --help and --version as commands.</summary>
internal static class HelpCommand
{
    private static readonly Argument<string[]> Words = WordArgument.Several("COMMAND", "The command to explain. Default: aphorist itself.");

    public static Command Create()
    {
        Command command = new("help", "Show the help of a command.") { Words };
        command.SetAction(call =>
        {
            Command about = call.RootCommandResult.Command;
            foreach (string word in call.GetValue(Words) ?? [])
            {
                about = about.Subcommands.FirstOrDefault(one => one.Name == word)
                    ?? throw new UsageException(UsageErrorReport.Unknown(word, about));
            }

            CommandHelp.Write(about, CommandOutput.Of(call));
        });
        Words.CompletionSources.Add(context =>
            context.ParseResult.RootCommandResult.Command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name));
        Example.Attach(command, new Example("aphorist help train", "Show the help of `aphorist train`, as `aphorist train --help` does."));
        return command;
    }

    public static Command CreateVersion()
    {
        Command command = new("version", "Show the version of aphorist.");
        command.SetAction(call => call.RootCommandResult.Command.Parse("--version").Invoke(call.InvocationConfiguration));
        Example.Attach(command, new Example("aphorist version", "Print the version, as `aphorist --version` does."));
        return command;
    }
}
