using System.Numerics;

namespace Aphorist.Numerics;

/// <summary>
/// A vector of floats. Every hot loop is written once over this interface and compiled for each width: the type arguments are structs, so
/// the just-in-time compiler emits plain vector instructions.
/// </summary>
internal unsafe interface ILanes<TSelf> :
    IAdditionOperators<TSelf, TSelf, TSelf>,
    ISubtractionOperators<TSelf, TSelf, TSelf>,
    IMultiplyOperators<TSelf, TSelf, TSelf>,
    IDivisionOperators<TSelf, TSelf, TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>The number of floats in a vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    void Store(float* destination);

    /// <summary>Prefetches memory. It may do nothing, and the address may be outside allocated memory.</summary>
    static abstract void Prefetch(float* source);

    /// <summary>a * b + c, rounded once where the processor supports it.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf SquareRoot(TSelf a);

    /// <summary>Shifts the bits of each lane left by 23. This turns an integer n + 127 in the low bits into 2^n.</summary>
    static abstract TSelf LowBitsToExponent(TSelf a);

    /// <summary>
    /// <paramref name="value"/> in each lane where <paramref name="low"/> &lt; a &lt; <paramref name="high"/>, and 0 in the others.
    /// </summary>
    static abstract TSelf WhereBetween(TSelf a, TSelf low, TSelf high, TSelf value);

    float Sum();
}
