using Xunit;

namespace Aphorist.Tests;

/// <summary>How far single-precision results may be from double-precision ones. There is no other tolerance in these tests.</summary>
internal static class Tolerance
{
    /// <summary>Half the distance from 1 to the next float: the largest relative error of one rounded operation.</summary>
    public const double Rounding = 1.0 / (1 << 24);

    /// <summary>
    /// The relative error of a long chain of roundings. Rounding errors have no preferred sign, so after n operations they add up to about
    /// sqrt(n) of them; 16 leaves room for the largest of thousands of values and for activations that are good to two or three roundings.
    /// A missing or doubled term among n changes a result by about 1 / n of its size, a hundred times more for all sizes tested here.
    /// </summary>
    public static double OfChain(int operations) => 16 * Rounding * Math.Sqrt(operations);

    /// <summary>
    /// The guaranteed bound for a sum of products in any order, relative to sum |a| |b|: each term is rounded once as a product and at most
    /// once for each later addition (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
    /// </summary>
    public static double OfDotProduct(int terms) => (terms + 1) * Rounding * 1.01;

    /// <summary>
    /// The relative error of a loss after a number of RMSprop steps. A step divides each gradient by its own size, so a parameter whose
    /// gradient consists of rounding errors moves as far as any other, and each step adds to the error. Measured for the models tested
    /// here: up to 0.15e-4 per step. A rho of 0.99 or an epsilon inside the root changes the losses by more than 1 %.
    /// </summary>
    public static double OfTraining(int steps) => 0.5e-4 * (steps + 1);

    /// <summary>Asserts that two numbers differ by at most this share of the greater of |expected| and <paramref name="scale"/>.</summary>
    /// <param name="what">A description of the numbers for the message.</param>
    /// <param name="place">The index or argument of the numbers for the message.</param>
    public static void AssertClose(double expected, double actual, double relative, double scale, string what, double place)
    {
        double allowed = relative * Math.Max(Math.Abs(expected), scale);
        // The comparison is negated so that NaN fails.
        if (!(Math.Abs(expected - actual) <= allowed))
            Assert.Fail(
                $"{what} at {place:R}: expected {expected:R}, got {actual:R}, " +
                $"difference {Math.Abs(expected - actual):E2}, allowed {allowed:E2}.");
    }

    /// <summary>
    /// Asserts that two arrays agree, each value to this share of the largest expected one. Values that a cancellation made small are no
    /// more exact than the large ones they came from, so the array's scale is what counts.
    /// </summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = 0;
        foreach (double value in expected) scale = Math.Max(scale, Math.Abs(value));
        for (int index = 0; index < expected.Length; index++)
            AssertClose(expected[index], actual[index], relative, scale, what, index);
    }
}
