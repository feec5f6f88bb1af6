using System.Numerics;

namespace Aphorist.Numerics;

/// <summary>
/// A vector of floats of some width. Every hot loop is written once over this interface and compiled for each width:
/// the type arguments are structs, so the just-in-time compiler sees nothing but vector instructions.
/// </summary>
internal unsafe interface ILanes<TSelf> :
    IAdditionOperators<TSelf, TSelf, TSelf>,
    ISubtractionOperators<TSelf, TSelf, TSelf>,
    IMultiplyOperators<TSelf, TSelf, TSelf>,
    IDivisionOperators<TSelf, TSelf, TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    void Store(float* destination);

    /// <summary>Asks for what will be read soon; may do nothing, and the address need not be one's own.</summary>
    static abstract void Prefetch(float* source);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf SquareRoot(TSelf a);

    /// <summary>The bits of each lane moved 23 places to the left: makes 2^n of an integer n + 127 in the low bits.</summary>
    static abstract TSelf LowBitsToExponent(TSelf a);

    /// <summary>All bits set in each lane where <paramref name="low"/> &lt; a &lt; <paramref name="high"/>, then masked with <paramref name="value"/>.</summary>
    static abstract TSelf WhereBetween(TSelf a, TSelf low, TSelf high, TSelf value);

    float Sum();
}
