using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>The forward pass by hand: one unit, gates that are simple numbers.</summary>
public sealed class LstmStepTests
{
    // z = (i, f, g, o) = W[0] + 0.5 U + b.
    private static ReferenceParameters OneUnit(double[] sums)
    {
        ReferenceParameters parameters = new(2, 1);
        for (int gate = 0; gate < 4; gate++)
        {
            parameters.InputKernel[gate] = sums[gate] - 3;
            parameters.InputKernel[4 + gate] = double.NaN;
            parameters.RecurrentKernel[gate] = 4;
            parameters.GateBias[gate] = 1;
        }

        return parameters;
    }

    [Fact]
    public void LstmStep_SigmoidGates_FollowsTheEquations()
    {
        // sigmoid(ln 3) = 3/4, sigmoid(-ln 3) = 1/4, sigmoid(0) = 1/2, tanh(ln 2) = 3/5.
        LstmStep step = new(OneUnit([Math.Log(3), -Math.Log(3), Math.Log(2), 0]), Gate.Sigmoid, 0, [0.5], [2]);
        double cell = 0.25 * 2 + 0.75 * 0.6;
        Assert.Equal(cell, step.Cell[0], 1e-14);
        Assert.Equal(0.5 * Math.Tanh(cell), step.Hidden[0], 1e-14);
    }

    [Fact]
    public void LstmStep_HardSigmoidGates_FollowsTheEquations()
    {
        // s(1) = 0.7, s(-3) = 0, s(5) = 1.
        LstmStep step = new(OneUnit([1, -3, Math.Log(2), 5]), Gate.HardSigmoid, 0, [0.5], [2]);
        double cell = 0.7 * 0.6;
        Assert.Equal(cell, step.Cell[0], 1e-14);
        Assert.Equal(Math.Tanh(cell), step.Hidden[0], 1e-14);
    }
}
