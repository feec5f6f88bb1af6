using Aphorist.Training;
using Aphorist.Training.Optimizers;
using Xunit;

namespace Aphorist.Tests.Training.Optimizers;

/// <summary>Every optimizer against its formula, computed in double precision value by value.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.01;
    private const int Steps = 5;

    private delegate (double Value, double First, double Second) Rule(double value, double gradient, double first, double second, int step);

    [Fact]
    public void RmsProp_SeveralSteps_FollowsTheFormula() => AssertFollows(OptimizerKind.RmsProp, decay: 0, (w, g, a, b, _) =>
    {
        double square = 0.9 * a + 0.1 * g * g;
        return (w - Rate * g / (Math.Sqrt(square) + 1e-7), square, b);
    });

    [Fact]
    public void Adam_SeveralStepsWithDecay_FollowsTheFormula() => AssertFollows(OptimizerKind.Adam, decay: 0.1, (w, g, m, v, t) =>
    {
        (double mean, double square, double change) = Adam(g + 0.1 * w, m, v, t);
        return (w - change, mean, square);
    });

    [Fact]
    public void AdamW_SeveralStepsWithDecay_FollowsTheFormula() => AssertFollows(OptimizerKind.AdamW, decay: 0.1, (w, g, m, v, t) =>
    {
        (double mean, double square, double change) = Adam(g, m, v, t);
        return (w - Rate * 0.1 * w - change, mean, square);
    });

    [Fact]
    public void Sgd_SeveralSteps_FollowsTheFormula() => AssertFollows(OptimizerKind.Sgd, decay: 0.1, (w, g, m, v, _) =>
    {
        double decayed = g + 0.1 * w, momentum = 0.9 * m + decayed;
        return (w - Rate * (decayed + 0.9 * momentum), momentum, v);
    });

    [Fact]
    public void Update_ScaledAndLimited_ActsOnTheClippedGradient()
    {
        float[] values = [1, 1, 1], first = new float[3], gradient = [10, -10, 0.1f];
        Optimizer.Create(OptimizerKind.Sgd, 0).Update(
            values, gradient, first, [], new OptimizerStep(1, 0.1f, GradientScale: 0.5f, GradientLimit: 2));
        Assert.Equal([2f, -2f, 0.05f], first);
    }

    [Fact]
    public void Update_RateZero_MovesNoParameter()
    {
        foreach (OptimizerKind kind in Enum.GetValues<OptimizerKind>())
        {
            float[] values = [1, 2, 3], second = new float[3];
            Optimizer.Create(kind, 0.1).Update(values, [1, 2, 3], new float[3], second, new OptimizerStep(1, 0));
            Assert.Equal([1, 2, 3], values);
        }
    }

    private static (double Mean, double Square, double Change) Adam(double gradient, double mean, double square, int step)
    {
        mean = 0.9 * mean + 0.1 * gradient;
        square = 0.999 * square + 0.001 * gradient * gradient;
        double change = Rate * mean / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(square / (1 - Math.Pow(0.999, step))) + 1e-8);
        return (mean, square, change);
    }

    private static void AssertFollows(OptimizerKind kind, double decay, Rule rule)
    {
        Random random = new(1);
        Optimizer optimizer = Optimizer.Create(kind, decay);
        foreach (int length in (int[])[0, 1, 7, 8, 9, 16, 31, 33, 100])
        {
            float[] values = Numbers(length), first = new float[length], second = optimizer.Moments.Count > 1 ? new float[length] : [];
            (double Value, double First, double Second)[] expected = [.. values.Select(value => ((double)value, 0.0, 0.0))];
            for (int step = 1; step <= Steps; step++)
            {
                float[] gradient = Numbers(length);
                optimizer.Update(values, gradient, first, second, new OptimizerStep(step, (float)Rate));
                for (int index = 0; index < length; index++)
                    expected[index] = rule(expected[index].Value, gradient[index], expected[index].First, expected[index].Second, step);
            }

            for (int index = 0; index < length; index++)
            {
                // 1 - beta is a float as well: of 0.001 it has lost four digits.
                Tolerance.AssertClose(expected[index].Value, values[index], 1e-5, 0.1, $"{kind} parameter", index);
                Tolerance.AssertClose(expected[index].First, first[index], 1e-5, 0.1, $"{kind} first moment", index);
                if (second.Length > 0) Tolerance.AssertClose(
                    expected[index].Second, second[index], 1e-4, 1e-3, $"{kind} second moment", index);
            }
        }

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }
}
