using System.Runtime.CompilerServices;
using Aphorist.Numerics;

namespace Aphorist.Model.Layers;

/// <summary>The activation function of a part of a cell as a type, so that the cell is compiled for each.</summary>
internal interface IGate
{
    static abstract TLanes Activate<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>;

    /// <summary>Returns the gradient of the sum x, given y = activate(x) and the gradient of y.</summary>
    static abstract TLanes Backward<TLanes>(TLanes y, TLanes gradient)
        where TLanes : unmanaged, ILanes<TLanes>;
}

/// <summary><see cref="GateActivation.Sigmoid"/>. Its derivative is y (1 - y).</summary>
internal readonly struct SigmoidGate : IGate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Activate<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> => Activations.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Backward<TLanes>(TLanes y, TLanes gradient)
        where TLanes : unmanaged, ILanes<TLanes> => gradient * y * (TLanes.Broadcast(1f) - y);
}

/// <summary><see cref="GateActivation.HardSigmoid"/>. Its derivative is 0.2 where it is not clipped.</summary>
internal readonly struct HardSigmoidGate : IGate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Activate<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> => Activations.HardSigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Backward<TLanes>(TLanes y, TLanes gradient)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.WhereBetween(y, TLanes.Zero, TLanes.Broadcast(1f), gradient * TLanes.Broadcast(0.2f));
}

/// <summary>The hyperbolic tangent, for the cell candidate and for an RNN. Its derivative is 1 - y^2.</summary>
internal readonly struct TanhGate : IGate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Activate<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> => Activations.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Backward<TLanes>(TLanes y, TLanes gradient)
        where TLanes : unmanaged, ILanes<TLanes> => gradient * (TLanes.Broadcast(1f) - y * y);
}

/// <summary>The rectified linear unit, for an RNN. Its derivative is 1 where y is positive and 0 elsewhere.</summary>
internal readonly struct ReluGate : IGate
{
    // The zero is the first operand because the processor's maximum returns the second operand if one is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Activate<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.Max(TLanes.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Backward<TLanes>(TLanes y, TLanes gradient)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.WhereBetween(y, TLanes.Zero, TLanes.Broadcast(float.PositiveInfinity), gradient);
}
