using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class DivergenceGuardTests
{
    private readonly TrainingState state = new()
    {
        Identity = RunIdentity.Create("", null, new ModelSpec(), new TrainingOptions()),
        LearningRate = 0.01,
    };

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void HasDiverged_NotANumber_AtOnce(double loss) => Assert.True(DivergenceGuard.HasDiverged(state, loss, 1.3));

    [Fact]
    public void HasDiverged_AFewBadBatches_No()
    {
        for (int batch = 0; batch < 1000; batch++) Assert.False(DivergenceGuard.HasDiverged(state, batch % 20 == 0 ? 3.3 : 1.3, 1.3));
    }

    [Fact]
    public void HasDiverged_LossJumps_WithinAFewHundredBatches()
    {
        for (int batch = 0; batch < 500; batch++) Assert.False(DivergenceGuard.HasDiverged(state, 1.3, 1.3));
        int bad = 1;
        while (!DivergenceGuard.HasDiverged(state, 1.6, 1.3)) bad++;
        Assert.InRange(bad, 50, 300);
    }

    [Fact]
    public void HasDiverged_ShortEpochsOfARunThatLearnsFast_No()
    {
        double expected = 4;
        for (int epoch = 0; epoch < 30; epoch++)
        {
            double loss = 3.8 - 0.1 * epoch;
            Assert.False(ShortEpochHasDiverged(loss, expected));
            expected = loss;
        }
    }

    [Fact]
    public void HasDiverged_ShortEpochFarAboveTheBest_AtItsEnd() => Assert.True(ShortEpochHasDiverged(loss: 2.0, expected: 1.3));

    [Fact]
    public void IsHealthy_LossBeganToRise_No()
    {
        for (int batch = 0; batch < 1000; batch++) DivergenceGuard.HasDiverged(state, 1.3, 1.3);
        Assert.True(DivergenceGuard.IsHealthy(state, 1.3));
        for (int batch = 0; batch < 100; batch++) Assert.False(DivergenceGuard.HasDiverged(state, 1.5, 1.3));
        Assert.False(DivergenceGuard.IsHealthy(state, 1.3));
    }

    [Fact]
    public void Return_AfterSomeBatches_ForgetsThemAndHalvesTheLearningRate()
    {
        for (int batch = 0; batch < 10; batch++) DivergenceGuard.HasDiverged(state, 1, 1);
        (state.Batch, state.Predictions, state.Correct, state.LossSum, state.Seconds) = (10, 1280, 5, 1280, 3);
        DivergenceGuard.RestartEpoch(state);
        TrainingState expected = state with
        {
            Batch = 0,
            Predictions = 0,
            Correct = 0,
            LossSum = 0,
            Seconds = 0,
            RecentBatches = 0,
            RecentLoss = 0,
            Divergences = 1,
            LearningRate = 0.005,
        };
        Assert.Equal(expected, state);
    }

    private bool ShortEpochHasDiverged(double loss, double expected)
    {
        const int Batches = 20;
        state.RestartEpoch();
        bool diverged = false;
        for (int batch = 1; batch <= Batches; batch++) diverged |= DivergenceGuard.HasDiverged(
            state, loss, expected, endsEpoch: batch == Batches);
        return diverged;
    }
}
