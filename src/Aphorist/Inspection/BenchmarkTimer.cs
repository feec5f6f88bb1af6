using System.Diagnostics;

namespace Aphorist.Inspection;

/// <summary>Measures several figures in alternating rounds.</summary>
/// <remarks>
/// Clock rates fall under load, and other processes come and go. Figures that are compared are therefore measured close together in time.
/// </remarks>
internal static class BenchmarkTimer
{
    private const int Rounds = 5;
    private const int MinRuns = 3;

    /// <summary>
    /// Measures each figure in several rounds and returns the medians. A warm-up round lets the runtime compile and optimize the methods.
    /// </summary>
    /// <param name="time">How long to measure each figure.</param>
    /// <param name="measures">The functions that measure a figure for the given time.</param>
    /// <param name="cancellationToken">Cancels between two measurements.</param>
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

    /// <summary>Repeats an action for a given time and returns its median duration in seconds.</summary>
    public static double Median(TimeSpan time, Action action)
    {
        List<double> seconds = [];
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < MinRuns || Stopwatch.GetElapsedTime(begin) < time)
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
