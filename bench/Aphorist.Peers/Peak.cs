using Aphorist.Numerics;

namespace Aphorist.Peers;

/// <summary>What the machine's multiply-add units can do at most.</summary>
internal static class Peak
{
    /// <summary>Floating-point operations per second of some threads together, all busy at once.</summary>
    public static double Measure(int threads)
    {
        double[] peaks = new double[threads];
        using Workers workers = new(threads);
        using Barrier start = new(threads);
        workers.Run(threads, (task, _) =>
        {
            start.SignalAndWait();
            peaks[task] = FmaPeak.Measure(InstructionSet.Current, TimeSpan.FromSeconds(1));
        });
        return peaks.Sum();
    }
}
