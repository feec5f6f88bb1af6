using Aphorist.Cli.Commands.Plot;
using Aphorist.Training;

namespace Aphorist.Cli.Tests.Commands.Plot;

/// <summary>The points of a loss curve.</summary>
public sealed class LossCurveTests
{
    // Two epochs of 10 s. The second row ends within the second epoch.
    private static readonly LossCurve Whole = new(
        "whole",
        [EpochOf(1, 2.5, 2.75, 10), EpochOf(2, 1.5, 1.75, 10)],
        [RowOf(0.5, 500, 5, 3), RowOf(1.5, 1500, 15, 2), RowOf(2, 2000, 20, 1)]);

    // A time limit ended the only epoch after a fiftieth.
    private static readonly LossCurve Cut = new(
        "cut", [EpochOf(1, 2.5, 2.75, 12.3)], [RowOf(0.01, 100, 6, 3), RowOf(0.02, 200, 12.3, 2)]);

    [Theory]
    [InlineData("epoch", 0.5, 1.5, 2.0)]
    [InlineData("tokens", 500, 1500, 2000)]
    [InlineData("seconds", 5, 15, 20)]
    public void Training_Steps_AreAtTheirPlaces(string axis, double first, double second, double third)
    {
        (double[] positions, double[] losses) = Whole.Training(Enum.Parse<LossAxis>(axis, ignoreCase: true));

        Assert.Equal([first, second, third], positions);
        Assert.Equal([3, 2, 1], losses);
    }

    [Theory]
    [InlineData("epoch", 1, 2)]
    [InlineData("tokens", 1000, 2000)]
    [InlineData("seconds", 10, 20)]
    public void Validation_Epochs_AreAtTheirEnds(string axis, double first, double second)
    {
        (double[] positions, double[] losses) = Whole.Validation(Enum.Parse<LossAxis>(axis, ignoreCase: true));

        Assert.Equal([first, second], positions);
        Assert.Equal([2.75, 1.75], losses);
    }

    [Theory]
    [InlineData("epoch", 0.02)]
    [InlineData("tokens", 200)]
    [InlineData("seconds", 12.3)]
    public void Validation_EpochThatTheTimeLimitCutShort_IsAtTheEndOfItsSteps(string axis, double position)
    {
        LossAxis chosen = Enum.Parse<LossAxis>(axis, ignoreCase: true);

        Assert.Equal([position], Cut.Validation(chosen).Positions);
        Assert.Equal(position, Cut.Training(chosen).Positions[^1]);
    }

    [Fact]
    public void Training_FewerRowsThanEpochs_IsThatOfEpochs()
    {
        LossCurve quick = Whole with { Steps = [RowOf(2, 2000, 20, 2)] };

        Assert.Equal([2.5, 1.5], quick.Training(LossAxis.Epoch).Losses);
        Assert.Equal([1000, 2000], quick.Training(LossAxis.Tokens).Positions);
    }

    [Fact]
    public void Validation_RunThatWasKilledAfterItsLastRow_StaysWithinItsTokens()
    {
        LossCurve killed = Whole with { Steps = Whole.Steps.Take(2).ToArray() };

        Assert.Equal([1000, 1500], killed.Validation(LossAxis.Tokens).Positions);
        Assert.Equal([1, 2], killed.Validation(LossAxis.Epoch).Positions);
    }

    [Fact]
    public void Training_ManyRows_AreMeansOfNeighbours()
    {
        StepsCompleted[] rows = [.. Enumerable.Range(1, 2500).Select(row => RowOf(row, row, row, row))];
        LossCurve curve = new("long", [], [.. rows, RowOf(2501, 2501, 2501, double.NaN)]);

        (double[] positions, double[] losses) = curve.Training(LossAxis.Seconds);

        Assert.Equal(834, positions.Length);
        Assert.Equal([2, 5], positions[..2]);
        Assert.Equal(positions, losses);
    }

    private static EpochCompleted EpochOf(int epoch, double loss, double validation, double seconds) =>
        new(epoch, loss, 0.5, validation, 0.5, seconds, 1000, 0.01, IsBest: true);

    private static StepsCompleted RowOf(double epoch, long tokens, double seconds, double loss) =>
        new(tokens, epoch, tokens, seconds, loss, 0.01, 1, 1000);
}
