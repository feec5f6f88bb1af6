using Spectre.Console;

namespace Aphorist.Cli.Terminal;

/// <summary>A line of a chart.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Points">The points, in any order.</param>
/// <param name="Color">The colour.</param>
/// <param name="IsDotted">Whether the line is dotted, so that it can be told apart without colours.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points, Color Color, bool IsDotted)
{
    /// <summary>The y value of the rightmost point.</summary>
    public double Latest => Points.MaxBy(point => point.X).Y;

    /// <summary>Splits a range into equal parts and gives the mean of the points in each; NaN for a part without points.</summary>
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
