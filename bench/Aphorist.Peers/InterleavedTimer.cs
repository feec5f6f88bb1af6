using System.Diagnostics;

namespace Aphorist.Peers;

/// <summary>Measures several functions alternately (A B A B), so that changes in the speed of the machine affect all of them.</summary>
internal static class InterleavedTimer
{
    // The threads of both libraries spin for some milliseconds after their work. The next measurement starts after that.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(60);

    // Long enough for the runtime to compile the hot methods with full optimization, which it does in the background.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Returns the median times of one unit of work in seconds.</summary>
    /// <param name="rounds">The number of measurements of each function.</param>
    /// <param name="seconds">The minimum time of a measurement in seconds.</param>
    /// <param name="ours">Runs Aphorist and returns the number of units of work.</param>
    /// <param name="theirs">Runs TorchSharp and returns the number of units of work.</param>
    public static (double Ours, double Theirs) Measure(int rounds, double seconds, Func<int> ours, Func<int> theirs)
    {
        double[] medians = Medians(rounds, seconds, ours, theirs);
        return (medians[0], medians[1]);
    }

    private static double[] Medians(int rounds, double seconds, params Func<int>[] functions)
    {
        foreach (Func<int> function in functions) RunFor(WarmUp.TotalSeconds, function);
        double[][] times = Array.ConvertAll(functions, _ => new double[rounds]);
        for (int round = 0; round < rounds; round++)
        {
            for (int index = 0; index < functions.Length; index++) times[index][round] = RunFor(seconds, functions[index]);
        }

        return Array.ConvertAll(times, Median);
    }

    private static double RunFor(double seconds, Func<int> work)
    {
        Thread.Sleep(Rest);
        work(); // wakes the sleeping threads
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
