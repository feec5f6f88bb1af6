using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Bench;

/// <summary>Shows what was measured, each figure absolute and as a share of the peak.</summary>
internal static class FiguresReport
{
    public static void Write(TextWriter output, EngineFigures figures)
    {
        string threads = figures.Threads == 1 ? "1 thread" : $"{figures.Threads} threads";
        WritingFigures writing = figures.Writing;
        TextTable.Write(
            output,
            [
                ["kernel", figures.Kernel, ""],
                ["peak, 1 thread", $"{Quantity.Of(figures.PeakOneThread)}flop/s", ""],
                [$"peak, {threads}", $"{Quantity.Of(figures.Peak)}flop/s", ""],
                ["matrix product, 1 thread", $"{Quantity.Of(figures.Product)}flop/s", Share(figures.ProductShare)],
                [$"notebook training step, {threads}", Milliseconds(figures.Step), Share(figures.StepShare)],
                ["notebook epoch, estimated", Quantity.Of(TimeSpan.FromSeconds(figures.Epoch)), Share(figures.StepShare)],
                ["writing, stateful, 1 thread", Rate(writing.Stateful), Share(writing.Stateful.Share)],
                ["writing, top-p and repetition penalty, 1 thread", Rate(writing.Strategies), Share(writing.Strategies.Share)],
                [$"writing, {WritingBenchmark.Texts} texts at once, {threads}", Rate(writing.Many), Share(writing.Many.Share)],
                [$"writing, exact window, {threads}", Rate(writing.Window), Share(writing.Window.Share)],
                [$"reading the weights of {WritingBenchmark.Large}, 1 thread", $"{Quantity.Of(writing.Reading)}B/s", ""],
                [$"writing, {WritingBenchmark.Large}, 1 thread", Rate(writing.Large), Share(writing.Large.Share, "reading")],
                [$"writing, {WritingBenchmark.Large}, {WritingBenchmark.Texts} texts at once, {threads}", Rate(writing.LargeMany), Share(writing.LargeMany.Share)],
            ]);
    }

    public static string Json(EngineFigures figures) => JsonLine.Of(json =>
    {
        json.WriteString("kernel", figures.Kernel);
        json.WriteNumber("threads", figures.Threads);
        json.WriteFinite("peakFlopsOneThread", figures.PeakOneThread);
        json.WriteFinite("peakFlops", figures.Peak);
        json.WriteFinite("gemmFlops", figures.Product);
        json.WriteFinite("gemmShare", figures.ProductShare);
        json.WriteFinite("stepSeconds", figures.Step);
        json.WriteFinite("stepShare", figures.StepShare);
        json.WriteFinite("epochSeconds", figures.Epoch);
        WriteRate(json, "stateful", figures.Writing.Stateful);
        WriteRate(json, "strategies", figures.Writing.Strategies);
        WriteRate(json, "many", figures.Writing.Many);
        WriteRate(json, "window", figures.Writing.Window);
        json.WriteFinite("readBytesPerSecond", figures.Writing.Reading);
        WriteRate(json, "large", figures.Writing.Large);
        WriteRate(json, "largeMany", figures.Writing.LargeMany);
    });

    private static void WriteRate(Utf8JsonWriter json, string name, WritingRate rate)
    {
        json.WriteFinite(name + "CharactersPerSecond", rate.Characters);
        json.WriteFinite(name + "Share", rate.Share);
    }

    private static string Rate(WritingRate rate) => $"{Quantity.Of(rate.Characters)} characters/s";

    private static string Share(double share, string limit = "peak") => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} % of the {limit}");

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:F2} ms");
}
