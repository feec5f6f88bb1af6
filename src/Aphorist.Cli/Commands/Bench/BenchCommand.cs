using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;

namespace Aphorist.Cli.Commands.Bench;

/// <summary>`aphorist bench`: measures this machine.</summary>
internal static class BenchCommand
{
    private const string Large = "LSTM(512) x 2";

    private static readonly NumberOption<double> Seconds = NumberOptions.Real(
        "--seconds", "seconds", "Seconds to measure each figure.", new(0.001, 3600), 1);

    private static readonly NumberOption<int> Threads = NumberOptions.Whole(
        "--threads", "Number of threads. Default: one per processor.", 1, 1024);

    public static Command Create()
    {
        Command command = new("bench", "Measure training and generation throughput and compare it with this machine's peak.")
        {
            Seconds, Threads,
        };
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist bench", "Measure for a few seconds and print a table."),
            new("aphorist bench --seconds 5 --json", "Measure more precisely and print one JSON object."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        TimeSpan time = TimeSpan.FromSeconds(Seconds.GetValue(call) ?? 1);
        output.Notes.WriteLine("Measuring. Other work on this machine distorts the figures.");
        EngineBenchmarkResult result = await EngineBenchmark.RunAsync(time, Threads.GetValue(call) ?? 0, cancellationToken);
        if (output.Json) output.Result.Announce(ToJson(result));
        else WriteTable(output.Result, result);
        return ExitCode.Done;
    }

    private static void WriteTable(TextWriter output, EngineBenchmarkResult result)
    {
        string threads = result.Threads == 1 ? "1 thread" : $"{result.Threads} threads";
        string texts = $"{EngineBenchmark.BatchedTexts} texts at once";
        TextTable.Write(
            output,
            [
                ["kernel", result.Kernel, ""],
                ["peak, 1 thread", $"{Quantity.Of(result.PeakFlopsOneThread)}flop/s", ""],
                [$"peak, {threads}", $"{Quantity.Of(result.PeakFlops)}flop/s", ""],
                ["matrix product, 1 thread", $"{Quantity.Of(result.ProductFlops)}flop/s", Share(result.ProductShare)],
                [$"notebook training step, {threads}", Milliseconds(result.StepSeconds), Share(result.StepShare)],
                ["notebook epoch, estimated", Quantity.Of(TimeSpan.FromSeconds(result.EpochSeconds)), Share(result.StepShare)],
                ["generation, stateful, 1 thread", Rate(result.Stateful), Share(result.Stateful.Share)],
                ["generation, top-p and repetition penalty, 1 thread", Rate(result.Strategies), Share(result.Strategies.Share)],
                [$"generation, {texts}, {threads}", Rate(result.Many), Share(result.Many.Share)],
                [$"generation, exact window, {threads}", Rate(result.Window), Share(result.Window.Share)],
                [$"memory read, size of {Large}, 1 thread", $"{Quantity.Of(result.ReadBytesPerSecond)}B/s", ""],
                [$"generation, {Large}, 1 thread", Rate(result.Large), Share(result.Large.Share, "memory read")],
                [$"generation, {Large}, {texts}, {threads}", Rate(result.LargeMany), Share(result.LargeMany.Share)],
            ]);
    }

    private static string ToJson(EngineBenchmarkResult result) => JsonLine.Of(json =>
    {
        json.WriteString("kernel", result.Kernel);
        json.WriteNumber("threads", result.Threads);
        json.WriteFinite("peakFlopsOneThread", result.PeakFlopsOneThread);
        json.WriteFinite("peakFlops", result.PeakFlops);
        json.WriteFinite("gemmFlops", result.ProductFlops);
        json.WriteFinite("gemmShare", result.ProductShare);
        json.WriteFinite("stepSeconds", result.StepSeconds);
        json.WriteFinite("stepShare", result.StepShare);
        json.WriteFinite("epochSeconds", result.EpochSeconds);
        WriteRate(json, "stateful", result.Stateful);
        WriteRate(json, "strategies", result.Strategies);
        WriteRate(json, "many", result.Many);
        WriteRate(json, "window", result.Window);
        json.WriteFinite("readBytesPerSecond", result.ReadBytesPerSecond);
        WriteRate(json, "large", result.Large);
        WriteRate(json, "largeMany", result.LargeMany);
    });

    private static void WriteRate(Utf8JsonWriter json, string name, GenerationRate rate)
    {
        json.WriteFinite(name + "CharactersPerSecond", rate.CharactersPerSecond);
        json.WriteFinite(name + "Share", rate.Share);
    }

    private static string Rate(GenerationRate rate) => $"{Quantity.Of(rate.CharactersPerSecond)} characters/s";

    private static string Share(double share, string limit = "peak") =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} % of the {limit}");

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:F2} ms");
}
