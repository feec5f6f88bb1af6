using System.CommandLine;
using System.CommandLine.Help;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli;

/// <summary>The root of all commands.</summary>
internal static class AphoristCommand
{
    private const string Name = "aphorist";

    public static RootCommand Create()
    {
        RootCommand root = new("Trains language models on any text, on an ordinary CPU, and writes with them.")
        {
            TrainCommand.Create(),
            GenerateCommand.Create(),
            InfoCommand.Create(),
            CorporaCommand.Create(),
            BenchCommand.Create(),
            CompletionCommand.Create(),
            DocumentationCommand.Create(),
        };
        root.HelpName = Name;
        // Tab completion hands over the whole line, and the parser must know its first word for the program.
        root.Aliases.Add(Name);
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.Quiet);
        root.Add(GlobalOptions.Debug);
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Add(new HelpOption("--help", "-h", "-?") { Description = "Show this help.", Action = new HelpWithExamples(new HelpAction()) });
        Example.Attach(
            root,
            new("aphorist train", "Trains on the built-in aphorisms and shows what the model writes after each epoch."),
            new("aphorist generate runs/aphorisms --prompt \"the wise \"", "Writes with the model that this made."),
            new("aphorist train --help", "Tells everything about one command."));
        return root;
    }
}
