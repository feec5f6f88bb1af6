using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>The forward pass by hand: one unit, gates that are simple numbers.</summary>
public sealed class LstmStepTests
{
    [Fact]
    public void LstmStep_SigmoidGates_FollowsTheEquations()
    {
        // sigmoid(ln 3) = 3/4, sigmoid(-ln 3) = 1/4, sigmoid(0) = 1/2, tanh(ln 2) = 3/5.
        LstmStep step = OneUnit(Gate.Sigmoid, [Math.Log(3), -Math.Log(3), Math.Log(2), 0]);
        double cell = 0.25 * 2 + 0.75 * 0.6;
        AssertState([0.5 * Math.Tanh(cell), cell], step);
    }

    [Fact]
    public void LstmStep_HardSigmoidGates_FollowsTheEquations()
    {
        // s(1) = 0.7, s(-3) = 0, s(5) = 1.
        LstmStep step = OneUnit(Gate.HardSigmoid, [1, -3, Math.Log(2), 5]);
        double cell = 0.7 * 0.6;
        AssertState([Math.Tanh(cell), cell], step);
    }

    // From x = (1, 2), h = 0.5 and c = 2; z = (i, f, g, o) = W x + 0.5 U + b.
    private static LstmStep OneUnit(Gate gate, double[] sums)
    {
        ReferenceParameters parameters = new(new ReferenceSpec { VocabularySize = 2, HiddenSize = 1, Gate = gate });
        for (int row = 0; row < 4; row++)
        {
            parameters["lstm.weight_ih_l0"][2 * row] = sums[row] - 13;
            parameters["lstm.weight_ih_l0"][2 * row + 1] = 5;
            parameters["lstm.weight_hh_l0"][row] = 4;
            parameters["lstm.bias_l0"][row] = 1;
        }

        return new LstmStep(parameters, 0, [1, 2], [0.5, 2]);
    }

    private static void AssertState(double[] expected, LstmStep step) =>
        Assert.Equal(expected, step.State, (left, right) => Math.Abs(left - right) < 1e-14);
}
