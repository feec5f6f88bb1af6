using System.Diagnostics;

namespace Aphorist.Peers;

/// <summary>Measures sides in turns, A B A B, so that a machine that slows down or speeds up treats all alike.</summary>
internal static class Turns
{
    // Both sides keep threads that spin for some milliseconds after their work before they sleep. The other side starts after that.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(60);

    // Long enough for the runtime to compile the hot methods at full optimisation, which it does in the background.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Medians of the seconds one unit takes, for each side.</summary>
    /// <param name="rounds">Turns of each side.</param>
    /// <param name="seconds">How long a turn lasts at least.</param>
    /// <param name="ours">Does some units of work and returns how many.</param>
    /// <param name="theirs">The same, on the other side.</param>
    public static (double Ours, double Theirs) Measure(int rounds, double seconds, Func<int> ours, Func<int> theirs)
    {
        double[] medians = Medians(rounds, seconds, ours, theirs);
        return (medians[0], medians[1]);
    }

    /// <summary>The same for any number of sides.</summary>
    public static double[] Medians(int rounds, double seconds, params Func<int>[] sides)
    {
        foreach (Func<int> side in sides) RunFor(WarmUp.TotalSeconds, side);
        double[][] times = Array.ConvertAll(sides, _ => new double[rounds]);
        for (int round = 0; round < rounds; round++)
        {
            for (int side = 0; side < sides.Length; side++) times[side][round] = RunFor(seconds, sides[side]);
        }

        return Array.ConvertAll(times, Median);
    }

    private static double RunFor(double seconds, Func<int> work)
    {
        Thread.Sleep(Rest);
        work(); // wakes the threads that rested
        long units = 0, start = Stopwatch.GetTimestamp();
        double elapsed;
        do
        {
            units += work();
            elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (elapsed < seconds);
        return elapsed / units;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
