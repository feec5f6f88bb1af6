using System.Diagnostics;

namespace Aphorist.Cli.Commands.Bench;

/// <summary>Measures several figures in turn.</summary>
/// <remarks>A machine's clock falls under load, and other work comes and goes: a share of the peak compares what was measured side by side.</remarks>
internal static class InterleavedTimer
{
    private const int Rounds = 5;
    private const int LeastRuns = 3;

    /// <summary>Measures each figure a few times and takes the medians; a round before warms up, in which methods are compiled and then optimised.</summary>
    /// <param name="time">How long to measure each.</param>
    /// <param name="measures">Measures a figure for some time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static double[] Take(TimeSpan time, IReadOnlyList<Func<TimeSpan, double>> measures, CancellationToken cancellationToken)
    {
        foreach (Func<TimeSpan, double> measure in measures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            measure(time / 2);
        }

        double[][] figures = [.. measures.Select(_ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int index = 0; index < measures.Count; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                figures[index][round] = measures[index](time / Rounds);
            }
        }

        return [.. figures.Select(MedianOf)];
    }

    /// <summary>The median time of an action in seconds, repeated for some time.</summary>
    public static double Median(TimeSpan time, Action action)
    {
        List<double> seconds = [];
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < LeastRuns || Stopwatch.GetElapsedTime(begin) < time)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return MedianOf(seconds);
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
