using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>`aphorist sweep`: many runs that differ in some options, ranked.</summary>
internal static class SweepCommand
{
    private static readonly Option<string[]> Over = new("--over")
    {
        Description = "An option of a run and the values it takes, such as \"hidden=128,256\"; may be given several times. Any option below down to --lowercase can be varied, by its name without the dashes.",
        HelpName = "option=values",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly NumberOption<int> Random = NumberOptions.Whole(
        "--random", "Make so many runs, chosen at random by --seed, instead of one for each combination of the values.", 1);

    private static readonly Option<string?> Folder = new("--sweep")
    {
        Description = "The folder of the sweep: each run has a folder in it, and results.csv ranks them.",
        HelpName = "folder",
    };

    public static Command Create()
    {
        Command command = new("sweep", "Trains one model for each combination of some options and ranks them by bits per character, on held-out text if there is any. The same call again goes on where the last one stopped.")
        {
            TrainingArguments.Corpus, Over, Random, Folder,
        };
        foreach (Option option in TrainingArguments.Options) command.Add(option);
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist sweep nietzsche --preset quick --over \"hidden=128,256\" --over \"dropout=0,0.2,0.4\" --sweep sweeps/size", "Makes six runs of a minute each."),
            new(
                "aphorist sweep mine.txt --preset quick --minutes 5 --over \"learning-rate=0.001,0.002,0.004,0.008\" --over \"batch=8,16,32\" --random 6 --sweep sweeps/rate",
                "Makes six of the twelve possible runs, five minutes each."),
            new("aphorist sweep aphorisms --over \"tokenizer=characters,words,bytes\" --epochs 5 --validation 0.05 --sweep sweeps/tokens --json", "Compares tokens, as JSON lines."));
        return command;
    }

    private static Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        string folder = call.GetValue(Folder) is { Length: > 0 } given
            ? given
            : throw new UsageException("Name the folder of the sweep: aphorist sweep CORPUS --over \"...\" --sweep FOLDER.");
        SweepPlan plan = SweepPlan.Of(call, call.GetValue(Over) ?? [], Random.GetValue(call), folder);
        string again = $"aphorist {string.Join(' ', call.Tokens.Select(token => ShellWord.Of(token.Value)))}";
        return new SweepCall(plan, folder, CommandOutput.Of(call)).RunAsync(again, cancellationToken);
    }
}
