using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Numerics;

/// <summary>The engine's functions against double precision, for every vector width.</summary>
/// <remarks>
/// Measured over these points, in roundings (2^-24): exp 1.97, sigmoid 2.65, tanh 2.91, hard sigmoid 0.60. The bounds leave about half a
/// rounding for processors without a fused multiply-add. tanh subtracts 1 and hard sigmoid adds 0.5, so near 0 only their absolute error
/// is bounded.
/// </remarks>
public sealed class ActivationTests
{
    private enum Function
    {
        Exp,
        Sigmoid,
        HardSigmoid,
        Tanh,
    }

    public static TheoryData<int> Widths => [1, 4, 8, 16];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Exp_OverItsRange_IsGoodToTwoAndAHalfRoundings(int width) =>
        AssertErrors(width, Function.Exp, Points(-87, 88), Math.Exp, 2.5 * Tolerance.Rounding);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sigmoid_OverItsRange_IsGoodToThreeAndAHalfRoundings(int width) =>
        AssertErrors(width, Function.Sigmoid, Points(-87, 87), x => 1 / (1 + Math.Exp(-x)), 3.5 * Tolerance.Rounding);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Tanh_OverItsRange_IsGoodToThreeAndAHalfRoundingsOfOne(int width) =>
        AssertErrors(width, Function.Tanh, Points(-44, 44), Math.Tanh, 3.5 * Tolerance.Rounding, scale: 1);

    [Theory]
    [MemberData(nameof(Widths))]
    public void HardSigmoid_AroundItsKinks_IsGoodToOneRoundingOfOne(int width) =>
        AssertErrors(width, Function.HardSigmoid, Points(-4, 4), x => Math.Clamp(0.2 * x + 0.5, 0, 1), Tolerance.Rounding, scale: 1);

    [Theory]
    [MemberData(nameof(Widths))]
    public void EveryFunction_Extremes_ReachesItsLimit(int width)
    {
        float[] huge = [float.NegativeInfinity, float.MinValue, -1e10f, -200f, 200f, 1e10f, float.MaxValue, float.PositiveInfinity];
        float[] exp = Apply(width, Function.Exp, huge), sigmoid = Apply(width, Function.Sigmoid, huge);
        for (int index = 0; index < huge.Length; index++)
        {
            bool negative = huge[index] < 0;
            // Clamped: neither denormal nor infinite.
            Assert.InRange(exp[index], negative ? 1.17e-38f : 1.6e38f, negative ? 1.7e-38f : 1.7e38f);
            Assert.InRange(sigmoid[index], negative ? 0f : 1f, negative ? 1e-37f : 1f);
        }

        float[] signs = [-1, -1, -1, -1, 1, 1, 1, 1], clipped = [0, 0, 0, 0, 1, 1, 1, 1];
        Assert.Equal(signs, Apply(width, Function.Tanh, huge));
        Assert.Equal(clipped, Apply(width, Function.HardSigmoid, huge));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void EveryFunction_AtZero_IsExact(int width)
    {
        Assert.Equal(1f, Apply(width, Function.Exp, [0f])[0]);
        Assert.Equal(0.5f, Apply(width, Function.Sigmoid, [0f])[0]);
        Assert.Equal(0.5f, Apply(width, Function.HardSigmoid, [0f])[0]);
        Assert.Equal(0f, Apply(width, Function.Tanh, [0f])[0]);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void SmoothFunctions_NotANumber_StaysNotANumber(int width)
    {
        // A model whose weights have gone wrong must show it in its loss.
        Assert.True(float.IsNaN(Apply(width, Function.Exp, [float.NaN])[0]));
        Assert.True(float.IsNaN(Apply(width, Function.Sigmoid, [float.NaN])[0]));
        Assert.True(float.IsNaN(Apply(width, Function.Tanh, [float.NaN])[0]));
    }

    /// <summary>50,000 points evenly over a range, and as many that come close to 0 from both sides.</summary>
    private static float[] Points(float low, float high)
    {
        const int Count = 50_000;
        IEnumerable<float> even = Enumerable.Range(0, Count + 1).Select(index => low + (high - low) * index / Count);
        IEnumerable<float> small = Enumerable.Range(0, Count).Select(index => (index % 2 * 2 - 1) * MathF.Pow(2, -30f * index / Count));
        return [.. even.Concat(small).Where(x => x >= low && x <= high)];
    }

    private static void AssertErrors(
        int width, Function function, float[] points, Func<double, double> exact, double relative, double scale = 0)
    {
        float[] values = Apply(width, function, points);
        for (int index = 0; index < points.Length; index++)
            Tolerance.AssertClose(exact(points[index]), values[index], relative, scale, function.ToString(), points[index]);
    }

    private static float[] Apply(int width, Function function, float[] points) => width switch
    {
        1 => Map<Lanes1>(points, x => Apply(function, x)),
        4 => Map<Lanes128>(points, x => Apply(function, x)),
        8 => Map<Lanes256>(points, x => Apply(function, x)),
        _ => Map<Lanes512>(points, x => Apply(function, x)),
    };

    private static TLanes Apply<TLanes>(Function function, TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> => function switch
        {
            Function.Exp => Activations.Exp(x),
            Function.Sigmoid => Activations.Sigmoid(x),
            Function.HardSigmoid => Activations.HardSigmoid(x),
            _ => Activations.Tanh(x),
        };

    private static unsafe float[] Map<TLanes>(float[] points, Func<TLanes, TLanes> function)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float[] values = new float[(points.Length + TLanes.Count - 1) / TLanes.Count * TLanes.Count];
        points.CopyTo(values, 0);
        fixed (float* value = values)
        {
            for (int index = 0; index < values.Length; index += TLanes.Count) function(TLanes.Load(value + index)).Store(value + index);
        }

        return values[..points.Length];
    }
}
