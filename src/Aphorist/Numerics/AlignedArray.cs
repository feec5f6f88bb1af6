using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aphorist.Numerics;

/// <summary>A pinned array of floats that starts on a cache line. The garbage collector owns it, and pointers to it stay valid.</summary>
internal sealed unsafe class AlignedArray
{
    public const int Alignment = 64;

    private readonly float[] array;
    private readonly int offset;

    /// <summary>Creates an array of zeros.</summary>
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

    /// <summary>Whether an array can have this length, which may exceed an <see cref="int"/>.</summary>
    public static bool Fits(double length) => length <= Array.MaxLength - Alignment / sizeof(float);

    /// <summary>Checks that an array can have this length, which may exceed an <see cref="int"/>.</summary>
    /// <param name="length">The length.</param>
    /// <param name="advice">What to do if the length is too large.</param>
    /// <exception cref="ArgumentException">The length is too large.</exception>
    public static void EnsureFits(double length, string advice)
    {
        if (!Fits(length))
            throw new ArgumentException(FormattableString.Invariant(
                $"An array of {length:F0} numbers is needed, but {Array.MaxLength} is the maximum; {advice}."));
    }
}
