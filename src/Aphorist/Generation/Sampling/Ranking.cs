using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Aphorist.Generation.Sampling;

/// <summary>Sorts a few numbers by counting, for each, how many come before it.</summary>
/// <remarks>Every pair is compared, but four pairs at once and without branches; a heap mispredicts every second comparison.</remarks>
internal static class Ranking
{
    /// <summary>Up to this count, sorting is faster than a heap, even if only the first few numbers are needed.</summary>
    public const int MaxCount = 128;

    private const int Block = 4;

    /// <summary>The length of an array for a count of numbers, rounded up to whole vectors.</summary>
    public static int PaddedLength(int count) => (count + Block - 1) / Block * Block;

    /// <summary>Sorts numbers in ascending order; of equal numbers, the later one comes first.</summary>
    /// <param name="numbers">The numbers, padded to <see cref="PaddedLength"/> with any values. None is NaN.</param>
    /// <param name="order">[count]: receives the indices of the numbers, in order.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Order(ReadOnlySpan<double> numbers, Span<int> order)
    {
        int count = order.Length;
        ref double start = ref MemoryMarshal.GetReference(numbers);
        for (int first = 0; first < count; first += Block)
        {
            Vector256<double> own = Vector256.LoadUnsafe(ref start, (nuint)first);
            Vector256<long> larger = Vector256<long>.Zero;
            int other = 0;
            for (; other < first; other++) larger -= Vector256.GreaterThanOrEqual(Vector256.Create(numbers[other]), own).AsInt64();
            for (; other < Math.Min(first + Block, count); other++)
            {
                Vector256<double> one = Vector256.Create(numbers[other]);
                Vector256<double> isEarlier = Vector256.GreaterThan(Vector256<double>.Indices, Vector256.Create((double)(other - first)));
                Vector256<double> earlierEqual = Vector256.Equals(one, own) & isEarlier;
                larger -= (Vector256.GreaterThan(one, own) | earlierEqual).AsInt64();
            }

            for (; other < count; other++) larger -= Vector256.GreaterThan(Vector256.Create(numbers[other]), own).AsInt64();
            for (int lane = 0; lane < Math.Min(Block, count - first); lane++) order[count - 1 - (int)larger[lane]] = first + lane;
        }
    }
}
