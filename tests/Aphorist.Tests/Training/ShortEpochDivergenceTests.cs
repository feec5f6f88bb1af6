using Aphorist.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class ShortEpochDivergenceTests
{
    private readonly TrainingState state = new()
    {
        Identity = RunIdentity.Of("", new ModelSpec(), new TrainingOptions()),
        LearningRate = 0.01,
    };

    [Fact]
    public void HasDiverged_ShortEpochsOfARunThatLearnsFast_No()
    {
        double expected = 4;
        for (int epoch = 0; epoch < 30; epoch++)
        {
            double loss = 3.8 - 0.1 * epoch;
            Assert.False(Epoch(loss, expected, batches: 20));
            expected = loss;
        }
    }

    [Fact]
    public void HasDiverged_ShortEpochFarAboveTheBest_AtItsEnd() => Assert.True(Epoch(loss: 2.0, expected: 1.3, batches: 20));

    [Fact]
    public void IsHealthy_LossBeganToRise_No()
    {
        for (int batch = 0; batch < 1000; batch++) DivergenceGuard.HasDiverged(state, 1.3, 1.3);
        Assert.True(DivergenceGuard.IsHealthy(state, 1.3));
        for (int batch = 0; batch < 100; batch++) Assert.False(DivergenceGuard.HasDiverged(state, 1.5, 1.3));
        Assert.False(DivergenceGuard.IsHealthy(state, 1.3));
    }

    private bool Epoch(double loss, double expected, int batches)
    {
        state.RestartEpoch();
        bool diverged = false;
        for (int batch = 1; batch <= batches; batch++) diverged |= DivergenceGuard.HasDiverged(state, loss, expected, endsEpoch: batch == batches);
        return diverged;
    }
}
