using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>`aphorist sweep`: trains one model for each combination of some options and ranks them.</summary>
internal static class SweepCommand
{
    private static readonly Option<string[]> Over = new("--over")
    {
        Description = "An option to vary and its values, such as \"hidden=128,256\". Repeatable. Any option of a run can vary.",
        HelpName = "option=values",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly NumberOption<int> Random = NumberOptions.Whole(
        "--random", "Train this many combinations, chosen at random with --seed, instead of all. Default: all.", 1);

    private static readonly Option<string?> Folder = new("--sweep")
    {
        Description = "Folder of the sweep. It holds results.csv, the ranking, and one run folder for each run.",
        HelpName = "folder",
    };

    public static Command Create()
    {
        Command command = new(
            "sweep",
            "Train one model for each combination of some options and rank them by bits per character, on the validation set if there is "
            + "one. The same call again continues an interrupted sweep.")
        {
            RunFlags.Corpus,
        };
        OptionGroup.Attach(command, [new("Sweep", Over, Random, Folder), .. RunFlags.Groups]);
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new(
                "aphorist sweep nietzsche --over \"hidden=128,256\" --over \"dropout=0,0.2,0.4\" --sweep sweeps/size",
                "Train six models for one minute each."),
            new(
                "aphorist sweep mine.txt --minutes 5 --over \"learning-rate=0.001,0.002,0.004,0.008\" "
                + "--over \"batch=8,16,32\" --random 6 --sweep sweeps/rate",
                "Train six of the twelve combinations for five minutes each."),
            new(
                "aphorist sweep aphorisms --over \"tokenizer=characters,words,bytes\" --epochs 5 --validation 0.05 "
                + "--sweep sweeps/tokens --json",
                "Compare tokenizers, as JSON lines."));
        return command;
    }

    private static Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        string folder = call.GetValue(Folder) is { Length: > 0 } given
            ? given
            : throw new UsageException("Name the folder of the sweep: aphorist sweep CORPUS --over \"...\" --sweep FOLDER.");
        SweepPlan plan = SweepPlan.Create(call, call.GetValue(Over) ?? [], Random.GetValue(call), folder);
        CommandOutput output = CommandOutput.Of(call);
        foreach (string note in plan.Notes) output.Notes.WriteLine(note);
        string again = $"aphorist {string.Join(' ', call.Tokens.Select(token => ShellWord.Of(token.Value)))}";
        return new SweepSession(plan, folder, call.CommandResult.Command, output).RunAsync(again, cancellationToken);
    }
}
