using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aphorist.Numerics;

/// <summary>Floats that start on a cache line and never move: a pinned array, so the garbage collector owns it and pointers stay valid.</summary>
internal sealed unsafe class AlignedArray
{
    public const int Alignment = 64;

    private readonly float[] array;
    private readonly int offset;

    /// <summary>Makes an array of zeros.</summary>
    public AlignedArray(int length)
    {
        array = GC.AllocateArray<float>(length + Alignment / sizeof(float), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        offset = (int)((Alignment - address % Alignment) % Alignment / sizeof(float));
        Length = length;
    }

    public int Length { get; }

    public Span<float> Span => array.AsSpan(offset, Length);

    public Memory<float> Memory => array.AsMemory(offset, Length);

    /// <summary>The first element. Valid as long as this object is reachable.</summary>
    public float* Pointer => (float*)Unsafe.AsPointer(ref array[offset]);

    /// <summary>Whether an array can have this length, which may be too large for an <see cref="int"/>.</summary>
    public static bool Fits(double length) => length <= Array.MaxLength - Alignment / sizeof(float);

    /// <summary>Checks that an array can be so long, which its length as an <see cref="int"/> would not show.</summary>
    /// <param name="length">The length.</param>
    /// <param name="advice">What to do if it cannot.</param>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void EnsureFits(double length, string advice)
    {
        if (!Fits(length))
            throw new ArgumentException(FormattableString.Invariant($"{length:F0} numbers would have to be kept side by side, and {Array.MaxLength} is the most; {advice}."));
    }
}
