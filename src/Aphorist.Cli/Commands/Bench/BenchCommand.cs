using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Bench;

/// <summary>`aphorist bench`: measures this machine.</summary>
internal static class BenchCommand
{
    private static readonly NumberOption<double> Seconds = NumberOptions.Real(
        "--seconds", "seconds", "Seconds to measure each figure. 1 by default.", value => value > 0 && value <= 3600, "a number of seconds above 0, up to 3600");

    private static readonly NumberOption<int> Threads = NumberOptions.Whole(
        "--threads", "Threads to measure with. One for each processor by default.", 1, 1024);

    public static Command Create()
    {
        Command command = new("bench", "Measures this machine: its peak, and how near training and writing come to it.") { Seconds, Threads };
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist bench", "Measures for a few seconds and prints a table."),
            new("aphorist bench --seconds 5 --json", "Measures more carefully and prints one JSON object."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        TimeSpan time = TimeSpan.FromSeconds(Seconds.GetValue(call) ?? 1);
        output.Notes.WriteLine("Measuring; other work on this machine spoils the figures.");
        EngineFigures figures = await EngineBenchmark.RunAsync(time, Threads.GetValue(call) ?? 0, cancellationToken);
        if (output.Json) output.Result.Announce(FiguresReport.Json(figures));
        else FiguresReport.Write(output.Result, figures);
        return ExitCode.Done;
    }
}
