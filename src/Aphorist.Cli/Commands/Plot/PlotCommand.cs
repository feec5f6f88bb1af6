using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>`aphorist plot`: draws the losses of runs.</summary>
internal static class PlotCommand
{
    private static readonly Argument<string[]> Runs = WordArgument.AtLeastOne("RUN", "The folder of a run, or a metrics.csv; several are drawn into one picture.");

    private static readonly ChoiceOption<LossAxis> By = new(
        "--by", "What the losses are drawn over: epochs (the default), or seconds of training.", ("epoch", LossAxis.Epoch), ("seconds", LossAxis.Seconds));

    private static readonly Option<string?> Output = OutputOption();

    public static Command Create()
    {
        Command command = new("plot", "Draws the losses of training runs: solid in training, dashed on held-out text.") { Runs, By, Output };
        command.SetAction(call => PlotCall.Run(
            new PlotRequest(call.GetRequiredValue(Runs), By.GetValue(call) ?? LossAxis.Epoch, call.GetValue(Output)),
            CommandOutput.Of(call)));
        Example.Attach(
            command,
            new("aphorist plot runs/aphorisms", "Draws one run into its folder, as runs/aphorisms/loss.png."),
            new("aphorist plot runs/* --output compared.svg", "Compares all runs in one picture."),
            new("aphorist plot runs/one runs/two --by seconds", "Compares what two runs reached in the same time, in loss.png."));
        return command;
    }

    private static Option<string?> OutputOption()
    {
        Option<string?> option = new("--output", "-o")
        {
            Description = "The picture, a .png or .svg file. loss.png by default: in the run's folder, or in the current one for several runs.",
            HelpName = "file",
        };
        option.Validators.Add(result =>
        {
            foreach (string name in result.Tokens.Select(token => token.Value))
                if (!LossPicture.CanWrite(name)) result.AddError($"--output takes a file that ends in .png or .svg, not '{name}'.");
        });
        return option;
    }
}
