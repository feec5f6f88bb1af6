using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>The forward pass by hand: two units, gates that are simple numbers.</summary>
public sealed class GruStepTests
{
    private static readonly double[] Previous = [0.5, -2];

    // sigmoid(ln 3) = 3/4, sigmoid(-ln 3) = 1/4, sigmoid(0) = 1/2.
    [Fact]
    public void GruStep_ResetAfter_ScalesTheProductAndItsBias()
    {
        GruResetAfterStep step = new(Parameters(ReferenceArchitecture.Gru), 0, [1], Previous);
        // U_n h + b_hn = (3 * -2 + 7, 4 * 0.5 + 8).
        AssertState(Math.Tanh(0.1 + 0.75 * 1), Math.Tanh(0.2 + 0.25 * 10), step);
    }

    [Fact]
    public void GruStep_ResetBefore_ScalesTheStateAlone()
    {
        GruResetBeforeStep step = new(Parameters(ReferenceArchitecture.GruResetBefore), 0, [1], Previous);
        // U_n (r h) + b_hn, with r h = (0.75 * 0.5, 0.25 * -2).
        AssertState(Math.Tanh(0.1 + 3 * -0.5 + 7), Math.Tanh(0.2 + 4 * 0.375 + 8), step);
    }

    // z = (1/4, 1/2).
    private static void AssertState(double first, double second, RecurrentStep step)
    {
        Assert.Equal(0.75 * first + 0.25 * 0.5, step.State[0], 1e-14);
        Assert.Equal(0.5 * second + 0.5 * -2, step.State[1], 1e-14);
    }

    // Rows r, r, z, z, n, n; the rows of r and z see nothing of h but through r's first, whose share the bias takes back.
    private static ReferenceParameters Parameters(ReferenceArchitecture architecture)
    {
        ReferenceParameters parameters = new(new ReferenceSpec { Architecture = architecture, VocabularySize = 1, HiddenSize = 2 });
        new double[] { Math.Log(3), -Math.Log(3), -Math.Log(3), 0, 0.1, 0.2 }.CopyTo(parameters["gru.weight_ih_l0"], 0);
        new double[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0 }.CopyTo(parameters["gru.weight_hh_l0"], 0);
        new double[] { -1, 0, 0, 0, 0, 0 }.CopyTo(parameters["gru.bias_ih_l0"], 0);
        new double[] { 0.5, 0, 0, 0, 7, 8 }.CopyTo(parameters["gru.bias_hh_l0"], 0);
        return parameters;
    }
}
