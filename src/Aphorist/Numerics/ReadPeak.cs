using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Aphorist.Numerics;

/// <summary>Measures the read bandwidth of one core: vectors loaded and added, without stores.</summary>
internal static unsafe class ReadPeak
{
    // The number of streams that are read in parallel. Hardware prefetching stops at the end of a page; the other streams continue
    // meanwhile.
    private const int Places = 8;

    /// <summary>Returns the bytes per second of one thread with an instruction set: the best of several runs.</summary>
    /// <param name="set">The instruction set.</param>
    /// <param name="memory">
    /// The memory to read repeatedly. It must have been written before: untouched pages all map to the same physical page.
    /// </param>
    /// <param name="time">How long to measure.</param>
    public static double Measure(InstructionSet set, AlignedArray memory, TimeSpan time)
    {
        double best = 0;
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            double rate = set == InstructionSet.Vector512
                ? Once<Lanes512>(memory)
                : set == InstructionSet.Vector256 ? Once<Lanes256>(memory) : Once<Lanes128>(memory);
            best = Math.Max(best, rate);
        }
        while (clock.Elapsed < time);
        return best;
    }

    private static double Once<TLanes>(AlignedArray memory)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint length = memory.Length / (Places * TLanes.Count) * TLanes.Count;
        long start = Stopwatch.GetTimestamp();
        float sum = Sum<TLanes>(memory.Pointer, length);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(memory);
        return float.IsNaN(sum) ? 0 : (double)sizeof(float) * Places * length / seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum<TLanes>(float* place, nint length)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes c0, c1, c2, c3;
        c0 = c1 = c2 = c3 = TLanes.Zero;
        for (float* end = place + length; place < end; place += TLanes.Count)
        {
            float* other = place + 4 * length;
            c0 += TLanes.Load(place);
            c1 += TLanes.Load(place + length);
            c2 += TLanes.Load(place + 2 * length);
            c3 += TLanes.Load(place + 3 * length);
            c0 += TLanes.Load(other);
            c1 += TLanes.Load(other + length);
            c2 += TLanes.Load(other + 2 * length);
            c3 += TLanes.Load(other + 3 * length);
        }

        return (c0 + c1 + c2 + c3).Sum();
    }
}
