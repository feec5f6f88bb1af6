using System.Globalization;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Benchmarking;

/// <summary>Shows what was measured, each figure absolute and as a share of the peak.</summary>
internal static class FiguresReport
{
    public static void Write(TextWriter output, EngineFigures figures)
    {
        string threads = figures.Threads == 1 ? "1 thread" : $"{figures.Threads} threads";
        TextTable.Write(
            output,
            [
                ["kernel", figures.Kernel, ""],
                ["peak, 1 thread", $"{Quantity.Of(figures.PeakOneThread)}flop/s", ""],
                [$"peak, {threads}", $"{Quantity.Of(figures.Peak)}flop/s", ""],
                ["matrix product, 1 thread", $"{Quantity.Of(figures.Product)}flop/s", Share(figures.ProductShare)],
                [$"notebook training step, {threads}", Milliseconds(figures.Step), Share(figures.StepShare)],
                ["notebook epoch, estimated", Quantity.Of(TimeSpan.FromSeconds(figures.Epoch)), Share(figures.StepShare)],
                ["writing, stateful, 1 thread", $"{Quantity.Of(figures.StatefulCharacters)} characters/s", Share(figures.StatefulShare)],
                [$"writing, exact window, {threads}", $"{Quantity.Of(figures.WindowCharacters)} characters/s", Share(figures.WindowShare)],
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
        json.WriteFinite("statefulCharactersPerSecond", figures.StatefulCharacters);
        json.WriteFinite("statefulShare", figures.StatefulShare);
        json.WriteFinite("windowCharactersPerSecond", figures.WindowCharacters);
        json.WriteFinite("windowShare", figures.WindowShare);
    });

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} % of the peak");

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{1000 * seconds:F2} ms");
}
