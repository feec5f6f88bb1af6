using System.Numerics;

namespace Aphorist.Training.Distributed;

/// <summary>
/// Adds up arrays as a binary tree: neighbours first, then pairs of neighbours, and so on, ((a + b) + (c + d)) + ((e + f) + g). An aligned
/// block of a power of two arrays is a subtree, so processes that own such blocks add them up to the same bits as one process.
/// </summary>
internal static unsafe class SumTree
{
    /// <summary>Replaces a range of the first array by the sum. The others are used as working memory.</summary>
    /// <param name="arrays">Pointers to floats.</param>
    /// <param name="start">Where the range starts in each array.</param>
    /// <param name="length">The length of the range.</param>
    public static void Add(ReadOnlySpan<nint> arrays, int start, int length)
    {
        // Two levels in one pass, which writes half as much.
        for (int stride = 1; stride < arrays.Length; stride *= 4)
        {
            for (int first = 0; first + stride < arrays.Length; first += 4 * stride)
            {
                ReadOnlySpan<nint> group = arrays[first..];
                float* a = (float*)group[0] + start, b = (float*)group[stride] + start;
                float* c = group.Length > 2 * stride ? (float*)group[2 * stride] + start : null;
                float* d = group.Length > 3 * stride ? (float*)group[3 * stride] + start : null;
                if (d != null) AddFour(a, b, c, d, length);
                else if (c != null) AddThree(a, b, c, length);
                else AddTwo(a, b, length);
            }
        }
    }

    private static void AddFour(float* a, float* b, float* c, float* d, int length)
    {
        int index = 0;
        for (; index <= length - Vector<float>.Count; index += Vector<float>.Count)
            ((Vector.Load(a + index) + Vector.Load(b + index)) + (Vector.Load(c + index) + Vector.Load(d + index))).Store(a + index);
        for (; index < length; index++) a[index] = (a[index] + b[index]) + (c[index] + d[index]);
    }

    private static void AddThree(float* a, float* b, float* c, int length)
    {
        int index = 0;
        for (; index <= length - Vector<float>.Count; index += Vector<float>.Count)
            ((Vector.Load(a + index) + Vector.Load(b + index)) + Vector.Load(c + index)).Store(a + index);
        for (; index < length; index++) a[index] = (a[index] + b[index]) + c[index];
    }

    private static void AddTwo(float* a, float* b, int length)
    {
        int index = 0;
        for (; index <= length - Vector<float>.Count; index += Vector<float>.Count)
            (Vector.Load(a + index) + Vector.Load(b + index)).Store(a + index);
        for (; index < length; index++) a[index] += b[index];
    }
}
