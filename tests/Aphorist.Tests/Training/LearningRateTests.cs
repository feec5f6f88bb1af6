using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class LearningRateTests
{
    private readonly TrainingState state = new()
    {
        Identity = RunIdentity.Create("", null, new ModelSpec(), new TrainingOptions()),
        LearningRate = 0.5,
    };

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.2525)]
    [InlineData(1, 0.005)]
    [InlineData(1.2, 0.005)]
    public void At_Cosine_FallsToAHundredth(double done, double expected) =>
        Assert.Equal(expected, LearningRate.At(new TrainingOptions { Schedule = LearningRateSchedule.Cosine }, state, done), 1e-12);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.2525)]
    [InlineData(0.75, 0.12875)]
    [InlineData(1, 0.005)]
    [InlineData(1.2, 0.005)]
    public void At_Linear_FallsToAHundredth(double done, double expected) =>
        Assert.Equal(expected, LearningRate.At(new TrainingOptions { Schedule = LearningRateSchedule.Linear }, state, done), 1e-12);

    [Fact]
    public void At_WarmUp_RisesEvenlyAndStays()
    {
        TrainingOptions options = new() { WarmupSteps = 4 };
        double[] rates = [.. Enumerable.Range(0, 6).Select(step =>
        {
            state.Steps = step;
            return LearningRate.At(options, state, 0);
        })];
        Assert.Equal([0.125, 0.25, 0.375, 0.5, 0.5, 0.5], rates);
    }

    [Fact]
    public void At_Step_FallsFromTheTenthEpochOn()
    {
        TrainingOptions options = new() { Schedule = LearningRateSchedule.Step };
        List<double> rates = [];
        for (int epoch = 1; epoch <= 12; epoch++)
        {
            rates.Add(LearningRate.At(options, state, 0));
            state.History.Add(Epoch(isBest: true));
        }

        Assert.All(rates.Take(10), rate => Assert.Equal(0.5, rate));
        Assert.Equal(0.5 * 0.97, rates[10], 1e-12);
        Assert.Equal(0.5 * 0.97 * 0.97, rates[11], 1e-12);
    }

    [Fact]
    public void At_Plateau_HalvesAfterTwoEpochsWithoutABetterLoss()
    {
        TrainingOptions options = new() { Schedule = LearningRateSchedule.Plateau };
        double[] rates = [.. ((bool[])[true, false, true, false, false, false, false]).Select(isBest =>
        {
            state.History.Add(Epoch(isBest));
            return LearningRate.At(options, state, 0);
        })];
        Assert.Equal([0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125], rates);
    }

    private static EpochCompleted Epoch(bool isBest) => new(1, 1, 0, null, null, 1, 1, 0.5, isBest);
}
