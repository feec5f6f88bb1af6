using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

public sealed class SoftmaxTests
{
    [Fact]
    public void Probabilities_EqualLogits_AreEqual() => Assert.All(Softmax.Probabilities([3, 3, 3, 3]), value => Assert.Equal(0.25, value));

    [Fact]
    public void Probabilities_HugeLogits_StayFinite() => Assert.Equal([1, 0], Softmax.Probabilities([1e300, -1e300]));

    [Fact]
    public void Probabilities_HalfTheTemperature_SquaresTheOdds()
    {
        double[] logits = [0, Math.Log(3)];
        Assert.Equal(3, Odds(Softmax.Probabilities(logits, 1)), 1e-12);
        Assert.Equal(9, Odds(Softmax.Probabilities(logits, 0.5)), 1e-12);

        static double Odds(double[] probabilities) => probabilities[1] / probabilities[0];
    }

    [Fact]
    public void Probabilities_TemperatureZero_TakesTheFirstOfTheGreatest() =>
        Assert.Equal([0, 1, 0], Softmax.Probabilities([1, 2, 2], 0));

    [Fact]
    public void CrossEntropy_TwoLogits_IsTheLogOfTheShare() =>
        Assert.Equal(-Math.Log(0.75), Softmax.CrossEntropy([0, Math.Log(3)], 1), 1e-12);
}
