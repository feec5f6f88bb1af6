using Aphorist.Training;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class WindowPlanTests
{
    [Theory]
    [InlineData(60, 0, 200_278, 0)]
    [InlineData(40, 0.05, 190_270, 10_015)]
    public void Split_Nietzsche_HasKerasCounts(int window, double validationShare, int training, int validation)
    {
        TrainingSplit split = TrainingSplit.Of(600_893, window, new TrainingOptions { ValidationShare = validationShare });
        Assert.Equal((training, validation), (split.Plan.Predictions, split.ValidationCount));
    }

    [Fact]
    public void Batch_AnySizes_StartsAreThoseOfTheNotebooksLoop() =>
        Gen.Select(Gen.Int[2, 300], Gen.Int[1, 50], Gen.Int[1, 7]).Where(sizes => sizes.Item1 > sizes.Item2).Sample((length, window, step) =>
        {
            List<int> expected = [];
            for (int start = 0; start < length - window; start += step) expected.Add(start);
            BatchPlan plan = TrainingSplit.Of(length, window, new TrainingOptions { Step = step }).Plan;
            Assert.Equal(expected, Order(plan, 1).Order());
        });

    [Fact]
    public void Begin_PartHeldOut_PermutesTheOthersDifferentlyEachEpoch()
    {
        TrainingOptions options = new() { ValidationShare = 0.2, Seed = 7 };
        TrainingSplit split = TrainingSplit.Of(2000, 6, options);
        int[] first = Order(split.Plan, 1), second = Order(split.Plan, 2), otherSeed = Order(TrainingSplit.Of(2000, 6, options with { Seed = 8 }).Plan, 1);
        int[] inOrder = [.. Enumerable.Range(0, 532).Select(index => 3 * index)];
        Assert.All((int[][])[first, second, otherSeed], order => Assert.Equal(inOrder, order.Order()));
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, otherSeed);
        Assert.NotEqual(inOrder, first);
        Assert.Equal(first, Order(split.Plan, 1));
        Assert.Equal(Enumerable.Range(532, 133).Select(index => 3 * index), split.ValidationStarts);
    }

    [Theory]
    [InlineData(60, 0, "The corpus has 60 tokens, but a window of 60 and the token after it need at least 61")]
    [InlineData(70, 0.95, "A validation share of 0.95 of 4 windows leaves none to train on")]
    [InlineData(70, 1e-17, "A validation share of 1E-17 of 4 windows leaves none to validate with")]
    public void Split_NothingToTrainOnOrValidateWith_SaysSo(int length, double validationShare, string problem)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainingSplit.Of(length, 60, new TrainingOptions { ValidationShare = validationShare }));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static int[] Order(BatchPlan plan, int epoch)
    {
        plan.Begin(epoch);
        return [.. Enumerable.Range(0, plan.BatchCount).SelectMany(number => plan.Batch(number, out _).ToArray())];
    }
}
