namespace Aphorist.Numerics;

/// <summary>One float. The end of a row goes through the same code as the vectors before it.</summary>
internal readonly unsafe struct Lanes1(float value) : ILanes<Lanes1>
{
    private readonly float value = value;

    public static int Count => 1;

    public static Lanes1 Zero => new(0f);

    public static Lanes1 Broadcast(float value) => new(value);

    public static Lanes1 Load(float* source) => new(*source);

    public void Store(float* destination) => *destination = value;

    public static void Prefetch(float* source)
    {
    }

    public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) => new(MathF.FusedMultiplyAdd(a.value, b.value, c.value));

    public static Lanes1 Min(Lanes1 a, Lanes1 b) => new(a.value < b.value ? a.value : b.value);

    public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(a.value > b.value ? a.value : b.value);

    public static Lanes1 SquareRoot(Lanes1 a) => new(MathF.Sqrt(a.value));

    public static Lanes1 LowBitsToExponent(Lanes1 a) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a.value) << 23));

    public static Lanes1 WhereBetween(Lanes1 a, Lanes1 low, Lanes1 high, Lanes1 value) =>
        a.value > low.value && a.value < high.value ? value : Zero;

    public float Sum() => value;

    public static Lanes1 operator +(Lanes1 left, Lanes1 right) => new(left.value + right.value);

    public static Lanes1 operator -(Lanes1 left, Lanes1 right) => new(left.value - right.value);

    public static Lanes1 operator *(Lanes1 left, Lanes1 right) => new(left.value * right.value);

    public static Lanes1 operator /(Lanes1 left, Lanes1 right) => new(left.value / right.value);
}
