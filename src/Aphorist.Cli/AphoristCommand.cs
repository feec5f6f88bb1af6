using System.CommandLine;
using System.CommandLine.Help;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Bench;
using Aphorist.Cli.Commands.Cache;
using Aphorist.Cli.Commands.Completion;
using Aphorist.Cli.Commands.Corpora;
using Aphorist.Cli.Commands.Documentation;
using Aphorist.Cli.Commands.Evaluate;
using Aphorist.Cli.Commands.Export;
using Aphorist.Cli.Commands.Generate;
using Aphorist.Cli.Commands.Help;
using Aphorist.Cli.Commands.Import;
using Aphorist.Cli.Commands.Info;
using Aphorist.Cli.Commands.Inspect;
using Aphorist.Cli.Commands.Play;
using Aphorist.Cli.Commands.Plot;
using Aphorist.Cli.Commands.Score;
using Aphorist.Cli.Commands.Serve;
using Aphorist.Cli.Commands.Studio;
using Aphorist.Cli.Commands.Sweep;
using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli;

/// <summary>The root command.</summary>
internal static class AphoristCommand
{
    public const string Name = "aphorist";

    // Commands have many options. A call creates only its own command, to start faster; help and completion create all.
    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("train", TrainCommand.Create),
        ("sweep", SweepCommand.Create),
        ("generate", GenerateCommand.Create),
        ("play", PlayCommand.Create),
        ("serve", ServeCommand.Create),
        ("studio", StudioCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("inspect", InspectCommand.Create),
        ("score", ScoreCommand.Create),
        ("info", InfoCommand.Create),
        ("import", ImportCommand.Create),
        ("export", ExportCommand.Create),
        ("plot", PlotCommand.Create),
        ("corpora", CorporaCommand.Create),
        ("cache", CacheCommand.Create),
        ("bench", BenchCommand.Create),
        ("completion", CompletionCommand.Create),
        ("help", HelpCommand.Create),
        ("version", HelpCommand.CreateVersion),
        ("documentation", DocumentationCommand.Create),
    ];

    /// <summary>Creates the root with the command that is called, if there is one, or with all commands if that is not clear.</summary>
    public static RootCommand Create(string? called = null)
    {
        RootCommand root = new("Train small language models on any text, on an ordinary CPU, and generate text with them.");
        bool isClear = called == "--version"
            || (called is not ("documentation" or "help") && Commands.Any(command => command.Name == called));
        foreach ((string name, Func<Command> create) in Commands)
            if (!isClear || name == called) root.Add(create());

        foreach (Command command in root.Subcommands) RepeatedOptions.UseLastValue(command);
        root.HelpName = Name;
        // Tab completion passes the whole line, so the parser must know the name of the program.
        root.Aliases.Add(Name);
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.Quiet);
        root.Add(GlobalOptions.Debug);
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Add(new HelpOption("--help", "-h", "-?") { Description = "Show this help.", Action = new CommandHelp() });
        Example.Attach(
            root,
            new("aphorist train", "Train on the built-in fables for one minute and show samples."),
            new("aphorist generate runs/fables --prompt \"The fox \"", "Generate text with that model."),
            new("aphorist train --help", "List the options of a command."));
        return root;
    }
}
