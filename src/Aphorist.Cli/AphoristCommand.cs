using System.CommandLine;
using System.CommandLine.Help;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli;

/// <summary>The root of all commands.</summary>
internal static class AphoristCommand
{
    public static RootCommand Create()
    {
        RootCommand root = new("Trains language models on any text, on an ordinary CPU, and writes with them.")
        {
            TrainCommand.Create(),
            GenerateCommand.Create(),
            InfoCommand.Create(),
            CorporaCommand.Create(),
            CompletionCommand.Create(),
            DocumentationCommand.Create(),
        };
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.Quiet);
        root.Add(GlobalOptions.Debug);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        Example.Attach(
            root,
            new("aphorist train", "Trains on the built-in aphorisms and shows what the model writes after each epoch."),
            new("aphorist generate runs/aphorisms --prompt \"the wise \"", "Writes with the model that this made."),
            new("aphorist train --help", "Tells everything about one command."));
        return root;
    }
}
