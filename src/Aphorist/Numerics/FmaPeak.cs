using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>Measures the peak of one core: multiply-adds on registers, without loads and stores.</summary>
internal static class FmaPeak
{
    private const int Steps = 1 << 18;

    /// <summary>Returns the floating-point operations per second of one thread with an instruction set: the best of several runs.</summary>
    public static double Measure(InstructionSet set, TimeSpan time)
    {
        double best = 0;
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            double rate = set == InstructionSet.Vector512
                ? Once<Lanes512>()
                : set == InstructionSet.Vector256 ? Once<Lanes256>() : Once<Lanes128>();
            best = Math.Max(best, rate);
        }

        return best;
    }

    private static double Once<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes>
    {
        long start = Stopwatch.GetTimestamp();
        float sum = Chains<TLanes>();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return float.IsNaN(sum) ? 0 : 2.0 * TLanes.Count * 12 * Steps / seconds;
    }

    // Twelve chains keep two units with a latency of four or five cycles busy and leave registers free. Calls would spill the registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(0.999f), term = TLanes.Broadcast(0.001f);
        TLanes c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11;
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = factor;
        for (int step = 0; step < Steps; step++)
        {
            c0 = TLanes.MultiplyAdd(c0, factor, term);
            c1 = TLanes.MultiplyAdd(c1, factor, term);
            c2 = TLanes.MultiplyAdd(c2, factor, term);
            c3 = TLanes.MultiplyAdd(c3, factor, term);
            c4 = TLanes.MultiplyAdd(c4, factor, term);
            c5 = TLanes.MultiplyAdd(c5, factor, term);
            c6 = TLanes.MultiplyAdd(c6, factor, term);
            c7 = TLanes.MultiplyAdd(c7, factor, term);
            c8 = TLanes.MultiplyAdd(c8, factor, term);
            c9 = TLanes.MultiplyAdd(c9, factor, term);
            c10 = TLanes.MultiplyAdd(c10, factor, term);
            c11 = TLanes.MultiplyAdd(c11, factor, term);
        }

        return (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11).Sum();
    }
}
