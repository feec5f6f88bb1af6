using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

public sealed class ReferenceRmspropTests
{
    [Fact]
    public void Step_TwoEqualGradients_FollowsTheFormula()
    {
        ReferenceSpec spec = new() { VocabularySize = 1, HiddenSize = 1 };
        ReferenceParameters parameters = new(spec), gradients = new(spec);
        gradients["decoder.bias"][0] = 2;
        ReferenceRmsprop rmsprop = new(parameters);
        rmsprop.Step(gradients);
        // a = 0.1 * 4 = 0.4, so the step is 0.01 * 2 / (sqrt(0.4) + 1e-7).
        double first = -0.02 / (Math.Sqrt(0.4) + 1e-7);
        Assert.Equal(first, parameters["decoder.bias"][0], 1e-15);
        rmsprop.Step(gradients);
        // a = 0.9 * 0.4 + 0.4 = 0.76.
        Assert.Equal(first - 0.02 / (Math.Sqrt(0.76) + 1e-7), parameters["decoder.bias"][0], 1e-15);
        Assert.Equal(0, parameters["lstm.weight_ih_l0"][0]);
    }
}
