using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>The forward pass by hand: one unit, three places two steps apart.</summary>
public sealed class ConvolutionRunTests
{
    private static readonly double[] State = [0.1, 0.2, 0.3, 0.4];

    private static readonly double[][] Inputs = [[0.5], [0.6], [0.7]];

    [Fact]
    public void Outputs_FirstLayer_FollowTheEquations()
    {
        ConvolutionRun run = new(Parameters(), 0, Inputs, State);
        AssertOutputs([Gated(0.1, 0.3, 0.5), Gated(0.2, 0.4, 0.6), Gated(0.3, 0.5, 0.7)], run);
        Assert.Equal([0.4, 0.5, 0.6, 0.7], run.FinalState);
    }

    [Fact]
    public void Outputs_ZeroState_IsPadding() =>
        AssertOutputs([Gated(0, 0, 0.5), Gated(0, 0, 0.6), Gated(0, 0.5, 0.7)], new ConvolutionRun(Parameters(), 0, Inputs, new double[4]));

    [Fact]
    public void Outputs_SecondLayer_AddTheInput()
    {
        ConvolutionRun run = new(Parameters(), 1, Inputs, State);
        AssertOutputs([0.5 + Gated(0.1, 0.3, 0.5), 0.6 + Gated(0.2, 0.4, 0.6), 0.7 + Gated(0.3, 0.5, 0.7)], run);
    }

    [Fact]
    public void FinalState_ShortSequence_KeepsSomeOfTheOld() =>
        Assert.Equal([0.2, 0.3, 0.4, 0.5], new ConvolutionRun(Parameters(), 0, Inputs[..1], State).FinalState);

    // From x_(t-4), x_(t-2), x_t.
    private static double Gated(double oldest, double older, double now) =>
        Math.Tanh(1 * oldest + 2 * older + 3 * now + 0.5) * Gate.Sigmoid.Value(-4 * oldest + 5 * older - 6 * now - 0.25);

    private static ReferenceParameters Parameters()
    {
        ReferenceParameters parameters = new(new ReferenceSpec
        {
            Architecture = ReferenceArchitecture.Convolution,
            VocabularySize = 1,
            HiddenSize = 1,
            Layers = 2,
            KernelSize = 3,
            Dilations = [2, 2],
        });
        for (int layer = 0; layer < 2; layer++)
        {
            new double[] { 1, 2, 3, -4, 5, -6 }.CopyTo(parameters[$"convolution.{layer}.weight"], 0);
            new double[] { 0.5, -0.25 }.CopyTo(parameters[$"convolution.{layer}.bias"], 0);
        }

        return parameters;
    }

    private static void AssertOutputs(double[] expected, ConvolutionRun run) =>
        Assert.Equal(expected, run.Outputs.Select(output => Assert.Single(output)), (left, right) => Math.Abs(left - right) < 1e-14);
}
