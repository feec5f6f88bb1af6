using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>The forward pass by hand: two units, sums that are simple numbers.</summary>
public sealed class RnnStepTests
{
    // tanh(ln 2) = 3/5, tanh(-ln 3) = -4/5.
    [Fact]
    public void RnnStep_Tanh_FollowsTheEquation() => AssertState([0.6, -0.8], Step(Gate.Tanh, Math.Log(2), -Math.Log(3)));

    [Fact]
    public void RnnStep_Relu_FollowsTheEquation() => AssertState([1.5, 0], Step(Gate.Relu, 1.5, -0.5));

    // From x = (0, 1) and h = (2, -1); z = W x + U h + b.
    private static RnnStep Step(Gate activation, double first, double second)
    {
        ReferenceParameters parameters = new(
            new ReferenceSpec { Architecture = ReferenceArchitecture.Rnn, VocabularySize = 2, HiddenSize = 2, Gate = activation });
        new double[] { 50, 3, 60, 4 }.CopyTo(parameters["rnn.weight_ih_l0"], 0);
        new double[] { 5, 6, 7, 8 }.CopyTo(parameters["rnn.weight_hh_l0"], 0);
        // W x = (3, 4), U h = (10 - 6, 14 - 8).
        new double[] { first - 7, second - 10 }.CopyTo(parameters["rnn.bias_l0"], 0);
        return new RnnStep(parameters, 0, [0, 1], [2, -1]);
    }

    private static void AssertState(double[] expected, RnnStep step) =>
        Assert.Equal(expected, step.State, (left, right) => Math.Abs(left - right) < 1e-14);
}
