using System.Globalization;
using System.Text;

namespace Aphorist.Peers;

/// <summary>One piece of work and how fast each side does it.</summary>
/// <param name="Work">What was done, with the threads.</param>
/// <param name="Unit">What one unit of the work is.</param>
/// <param name="OurSeconds">Median seconds of a unit, Aphorist.</param>
/// <param name="TheirSeconds">Median seconds of a unit, TorchSharp.</param>
internal sealed record Comparison(string Work, string Unit, double OurSeconds, double TheirSeconds)
{
    /// <summary>A Markdown table of comparisons: the ratio is how many times faster Aphorist is.</summary>
    public static string Table(IEnumerable<Comparison> comparisons)
    {
        StringBuilder table = new("| work | Aphorist | TorchSharp | ratio |\n| --- | ---: | ---: | ---: |\n");
        foreach (Comparison comparison in comparisons) table.Append(comparison.Row());
        return table.ToString();
    }

    private string Row() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Work} | {Speed(OurSeconds)} | {Speed(TheirSeconds)} | {TheirSeconds / OurSeconds:F1}x |\n");

    // A step of training is spoken of as a time, writing as characters per second.
    private string Speed(double seconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(seconds > 1e-3 && Unit == "step" ? $"{seconds * 1e3:F1} ms/{Unit}" : $"{1 / seconds:N0} {Unit}s/s")}");
}
