using Spectre.Console;

namespace Aphorist.Cli.Terminal;

/// <summary>Points of a chart that belong together.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="Points">The points, in any order.</param>
/// <param name="Color">Their colour, where there are colours.</param>
/// <param name="IsDotted">Whether the line between them has gaps, by which it is known where there are no colours.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points, Color Color, bool IsDotted)
{
    /// <summary>The last value.</summary>
    public double Latest => Points.MaxBy(point => point.X).Y;

    /// <summary>The mean of the points in each of some equal parts of a range; not a number where there are none.</summary>
    public double[] Means(double from, double to, int parts)
    {
        (double[] sums, int[] counts) = (new double[parts], new int[parts]);
        foreach ((double x, double y) in Points)
        {
            int part = to > from ? (int)Math.Min(parts - 1, (x - from) / (to - from) * parts) : 0;
            sums[part] += y;
            counts[part]++;
        }

        return [.. sums.Zip(counts, (sum, count) => sum / count)];
    }
}
