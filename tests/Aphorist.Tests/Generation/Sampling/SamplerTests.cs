using Aphorist.Reference;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation.Sampling;

public sealed class SamplerTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.2)]
    [InlineData(double.PositiveInfinity)]
    public void Choose_ManyTimes_FollowsTheReferencesProbabilities(double temperature)
    {
        const int Count = 50_000;
        float[] logits = [-1.5f, 0.25f, 1f, 0.75f, -0.5f, -4f];
        double[] probabilities = Softmax.Probabilities([.. logits.Select(logit => (double)logit)], temperature);
        TestSampler sampler = new(new() { Temperature = temperature, Seed = 5 }, ModelPair.VocabularyOf(logits.Length));
        int[] counts = new int[logits.Length];
        for (int choice = 0; choice < Count; choice++) counts[sampler.Choose(logits)]++;
        // Five standard deviations of a binomial distribution, plus 1 for rare tokens. The seed is fixed, so this cannot fail by chance.
        for (int k = 0; k < counts.Length; k++)
            Assert.Equal(probabilities[k] * Count, counts[k], 5 * Math.Sqrt(Count * probabilities[k] * (1 - probabilities[k])) + 1);
    }

    [Fact]
    public void Choose_TemperatureZero_TakesTheFirstOfTheLargest()
    {
        TestSampler sampler = new(new() { Temperature = 0 }, ModelPair.VocabularyOf(4));
        for (int choice = 0; choice < 10; choice++) Assert.Equal(1, sampler.Choose([0f, 2f, 2f, 1f]));
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-12)]
    [InlineData(1e-300)]
    [InlineData(double.Epsilon)]
    public void Choose_TinyTemperature_TakesTheLargest(double temperature)
    {
        TestSampler sampler = new(new() { Temperature = temperature }, ModelPair.VocabularyOf(4));
        for (int choice = 0; choice < 100; choice++) Assert.Equal(2, sampler.Choose([-3e38f, 0f, 1f, -50f]));
    }

    [Fact]
    public void Choose_TinyTemperatureAndCloseLogits_UsesDoublePrecision()
    {
        // Adjacent floats at a temperature of their distance have odds of e to 1. Single precision would lose or exaggerate that.
        float high = 1f, low = MathF.BitDecrement(high);
        TestSampler sampler = new(new() { Temperature = (double)high - low, Seed = 1 }, ModelPair.VocabularyOf(2));
        int first = Enumerable.Range(0, 10_000).Count(_ => sampler.Choose([high, low]) == 0);
        Assert.Equal(10_000 * Math.E / (1 + Math.E), first, 5 * Math.Sqrt(10_000 * 0.731 * 0.269));
    }

    [Fact]
    public void Choose_HugeLogits_NeverTakesTheImpossibleToken()
    {
        TestSampler sampler = new(new() { Temperature = 1.2, Seed = 2 }, ModelPair.VocabularyOf(3));
        for (int choice = 0; choice < 1000; choice++) Assert.NotEqual(1, sampler.Choose([3e38f, -3e38f, 3e38f]));
    }
}
