using Aphorist.Numerics;

namespace Aphorist.Peers;

/// <summary>The peak throughput of this machine.</summary>
internal static class Peak
{
    /// <summary>Measures the multiply-add throughput of several threads together, in floating-point operations per second.</summary>
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
