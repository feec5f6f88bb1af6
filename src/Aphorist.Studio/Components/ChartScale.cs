using System.Globalization;
using System.Text;

namespace Aphorist.Studio.Components;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">The points, by rising x. Values that are not finite are left out.</param>
/// <param name="Color">The colour: 1 to 6.</param>
/// <param name="IsDashed">Whether the line is dashed.</param>
public sealed record ChartLine(string Name, IReadOnlyList<(double X, double Y)> Points, int Color = 1, bool IsDashed = false);

/// <summary>One axis of a chart: a range and round numbers in it.</summary>
public sealed class ChartScale
{
    private ChartScale(double start, double end, IReadOnlyList<double> ticks) => (Start, End, Ticks) = (start, end, ticks);

    /// <summary>The lowest value.</summary>
    public double Start { get; }

    /// <summary>The highest value.</summary>
    public double End { get; }

    /// <summary>Round values to label.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>A scale for values.</summary>
    /// <param name="lowest">The lowest value.</param>
    /// <param name="highest">The highest value.</param>
    /// <param name="count">About how many ticks.</param>
    /// <param name="isRounded">Whether the range is extended to the next ticks.</param>
    public static ChartScale Of(double lowest, double highest, int count, bool isRounded)
    {
        if (!double.IsFinite(lowest) || !double.IsFinite(highest)) (lowest, highest) = (0, 1);
        if (highest - lowest <= 1e-12 * Math.Max(1, Math.Abs(highest))) (lowest, highest) = (lowest - 0.5, highest + 0.5);
        double rough = (highest - lowest) / count, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * ((rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        double first = isRounded ? Math.Floor(lowest / step) : Math.Ceiling(lowest / step);
        double last = isRounded ? Math.Ceiling(highest / step) : Math.Floor(highest / step);
        double[] ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(index => Math.Round((first + index) * step, 10))];
        return isRounded ? new ChartScale(ticks[0], ticks[^1], ticks) : new ChartScale(lowest, highest, ticks);
    }

    /// <summary>Where a value is: 0 at the start, 1 at the end.</summary>
    public double ShareOf(double value) => (value - Start) / (End - Start);

    /// <summary>A tick as text.</summary>
    public static string Label(double tick) => Math.Abs(tick) switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{tick / 1e6:0.##}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{tick / 1e3:0.##}k"),
        > 0 and < 1e-3 => tick.ToString("0.#E+0", CultureInfo.InvariantCulture),
        _ => tick.ToString("0.####", CultureInfo.InvariantCulture),
    };

    /// <summary>The points of a line for SVG, in a plot of the given size. There are at most a few per pixel.</summary>
    public static string Path(IReadOnlyList<(double X, double Y)> points, ChartScale x, ChartScale y, double width, double height, int most)
    {
        StringBuilder path = new();
        foreach ((double pointX, double pointY) in Thin(points, most))
        {
            if (!double.IsFinite(pointX) || !double.IsFinite(pointY)) continue;
            double share = Math.Clamp(y.ShareOf(pointY), -1, 2);
            path.Append(CultureInfo.InvariantCulture, $"{x.ShareOf(pointX) * width:0.#},{(1 - share) * height:0.#} ");
        }

        return path.ToString().TrimEnd();
    }

    /// <summary>Keeps the lowest and the highest point of each part, so that no peak is lost.</summary>
    public static IEnumerable<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points, int most)
    {
        if (points.Count <= most) return points;
        int parts = Math.Max(1, most / 2);
        List<(double X, double Y)> kept = [];
        for (int part = 0; part < parts; part++)
        {
            int start = (int)((long)points.Count * part / parts), end = (int)((long)points.Count * (part + 1) / parts);
            int low = start, high = start;
            for (int index = start; index < end; index++)
            {
                if (points[index].Y < points[low].Y) low = index;
                if (points[index].Y > points[high].Y) high = index;
            }

            kept.Add(points[Math.Min(low, high)]);
            if (low != high) kept.Add(points[Math.Max(low, high)]);
        }

        kept[^1] = points[^1];
        return kept;
    }
}
