using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>`aphorist plot`: draws the losses of runs.</summary>
internal static class PlotCommand
{
    private static readonly Argument<string[]> Runs = WordArgument.AtLeastOne(
        "RUN", "A run folder, a folder with runs such as that of a sweep, or a metrics.csv. All runs are drawn into one chart.");

    private static readonly ChoiceOption<LossAxis> By = new(
        "--by",
        "Horizontal axis: epochs, tokens read, or seconds of training.",
        LossAxis.Epoch,
        ("epoch", LossAxis.Epoch), ("tokens", LossAxis.Tokens), ("seconds", LossAxis.Seconds));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description =
            "File to write, .png or .svg; - is standard output, as .svg. Default: loss.png in the run folder, or in the current " +
            "directory for several runs.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new("plot", "Draw a chart of the losses of runs: solid lines for training, dashed lines for validation.")
        {
            Runs, By, Output,
        };
        command.SetAction(
            (call, cancellationToken) => Task.Run(() => Run(call, cancellationToken), cancellationToken).WaitAsync(cancellationToken));
        Example.Attach(
            command,
            new("aphorist plot runs/fables", "Draw one run as runs/fables/loss.png."),
            new("aphorist plot runs/* --output compared.svg", "Compare all runs in one chart."),
            new("aphorist plot runs/one runs/two --by seconds", "Compare two runs by training time, as loss.png."),
            new("aphorist plot sweeps/size --by tokens", "Compare the runs of a sweep, as sweeps/size/loss.png."));
        return command;
    }

    private static int Run(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        string[] folders = call.GetRequiredValue(Runs);
        string file = call.GetValue(Output) ?? DefaultFile(folders);
        LossAxis axis = By.GetValue(call) ?? LossAxis.Epoch;
        IReadOnlyList<string> runs = LossCurve.FindRuns(folders);
        OutputPath target = OutputPath.Of(
            file,
            OutputContent.Text,
            output,
            [.. runs.SelectMany(run => LossCurve.FilesOf(run).Select(source => new CommandInput($"the run '{run}'", source)))]);
        if (target.IsFile && !LossChart.CanWrite(file))
            throw new UsageException($"--output takes a file name that ends in .png or .svg, not '{file}'.");
        IReadOnlyList<LossCurve> curves = LossCurve.ReadAll(runs, axis, output.Notes);
        target.Write(stream => stream.Write(LossChart.Draw(curves, axis, file)), cancellationToken);
        if (!target.IsStandardOutput) output.Result.Announce(output.Json ? Json(file, curves) : file);
        return ExitCode.Done;
    }

    /// <summary>The chart of one run, or of the runs in one folder, goes into that folder; that of several into the current one.</summary>
    private static string DefaultFile(string[] runs)
    {
        if (runs is not [string run]) return LossChart.DefaultName;
        string folder = Directory.Exists(run) ? run : Path.GetDirectoryName(run) ?? "";
        return Path.Combine(folder, LossChart.DefaultName);
    }

    private static string Json(string file, IReadOnlyList<LossCurve> curves) => JsonLine.Of(json =>
    {
        json.WriteString("picture", file);
        json.WriteStartArray("runs");
        foreach (LossCurve curve in curves)
        {
            json.WriteStartObject();
            json.WriteString("name", curve.Name);
            json.WriteNumber("epochs", curve.Epochs.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
