using System.Globalization;
using System.Text;

namespace Aphorist.Peers;

/// <summary>The speed of both libraries for one workload.</summary>
/// <param name="Work">The workload and the number of threads.</param>
/// <param name="Unit">The name of one unit of work.</param>
/// <param name="AphoristSeconds">The median time of a unit with Aphorist, in seconds.</param>
/// <param name="TorchSharpSeconds">The median time of a unit with TorchSharp, in seconds.</param>
internal sealed record Comparison(string Work, string Unit, double AphoristSeconds, double TorchSharpSeconds)
{
    /// <summary>Formats comparisons as a Markdown table. The ratio says how many times faster Aphorist is.</summary>
    public static string Table(IEnumerable<Comparison> comparisons)
    {
        StringBuilder table = new("| work | Aphorist | TorchSharp | ratio |\n| --- | ---: | ---: | ---: |\n");
        foreach (Comparison comparison in comparisons) table.Append(comparison.Row());
        return table.ToString();
    }

    private string Row() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Work} | {Speed(AphoristSeconds)} | {Speed(TorchSharpSeconds)} | {TorchSharpSeconds / AphoristSeconds:F1}x |\n");

    // Training is reported as time per step, generation as characters per second.
    private string Speed(double seconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(seconds > 1e-3 && Unit == "step" ? $"{seconds * 1e3:F1} ms/{Unit}" : $"{1 / seconds:N0} {Unit}s/s")}");
}
