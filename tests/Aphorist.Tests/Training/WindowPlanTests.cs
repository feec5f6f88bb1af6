using Aphorist.Numerics;
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
        TrainingSplit split = TrainingSplit.Create(600_893, window, new TrainingOptions { ValidationShare = validationShare });
        Assert.Equal((training, validation), (split.Plan.Predictions, split.ValidationCount));
    }

    [Fact]
    public void Batch_AnySizes_StartsAreThoseOfTheNotebooksLoop() =>
        Gen.Select(Gen.Int[2, 300], Gen.Int[1, 50], Gen.Int[1, 7]).Where(sizes => sizes.Item1 > sizes.Item2).Sample((length, window, step) =>
        {
            List<long> expected = [];
            for (int start = 0; start < length - window; start += step) expected.Add(start);
            BatchPlan plan = TrainingSplit.Create(length, window, new TrainingOptions { Stride = step }).Plan;
            Assert.Equal(expected, Order(plan, 1).Order());
        });

    [Fact]
    public void Begin_PartHeldOut_PermutesTheOthersDifferentlyEachEpoch()
    {
        TrainingOptions options = new() { ValidationShare = 0.2, Seed = 7 };
        TrainingSplit split = TrainingSplit.Create(2000, 6, options);
        long[] first = Order(split.Plan, 1), second = Order(split.Plan, 2), otherSeed = Order(TrainingSplit.Create(2000, 6, options with { Seed = 8 }).Plan, 1);
        long[] inOrder = [.. Enumerable.Range(0, 532).Select(index => 3L * index)];
        Assert.All((long[][])[first, second, otherSeed], order => Assert.Equal(inOrder, order.Order()));
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, otherSeed);
        Assert.NotEqual(inOrder, first);
        Assert.Equal(first, Order(split.Plan, 1));
        Assert.Equal(133, split.ValidationWindows.Count);
        Assert.Equal(Enumerable.Range(532, 133).Select(index => 3L * index), Enumerable.Range(0, 133).Select(index => split.ValidationWindows.GetStart(index)));
    }

    [Fact]
    public void Batch_NoMoreThanAreShuffledTogether_IsOneShuffle()
    {
        int[] expected = [.. Enumerable.Range(0, 1000)];
        new RandomStream(9, RandomPurpose.Shuffle, 2).Shuffle(expected);
        Assert.Equal(expected.Select(window => 3L * window), Order(new WindowPlan(1000, 6, new TrainingOptions { Seed = 9 }, blockLength: 1000), 2));
    }

    [Fact]
    public void Batch_MoreThanAreShuffledTogether_VisitsBlocksInAnyOrderAndEveryWindowOnce() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 50], Gen.Int[1, 40], Gen.Int[1, 9]).Sample((count, together, batchSize, epoch) =>
        {
            WindowPlan plan = new(count, 6, new TrainingOptions { BatchSize = batchSize, Stride = 1 }, together);
            long[] order = Order(plan, epoch);
            Assert.Equal(Enumerable.Range(0, count).Select(window => (long)window), order.Order());
            int changes = order.Zip(order.Skip(1)).Count(pair => pair.First / together != pair.Second / together);
            Assert.Equal((count - 1) / together, changes);
            // A batch read again, as after a resumption, is the same.
            int last = plan.BatchCount - 1;
            Assert.Equal(order[(last * batchSize)..], plan.GetBatch(last, out _).ToArray());
            Assert.Equal(order[..Math.Min(batchSize, count)], plan.GetBatch(0, out _).ToArray());
        });

    [Fact]
    public void Batch_OtherEpochs_VisitBlocksInOtherOrders()
    {
        WindowPlan plan = new(1000, 6, new TrainingOptions { Stride = 1 }, blockLength: 50);
        long[][] blocks = [.. Enumerable.Range(1, 3).Select(epoch => Order(plan, epoch).Select(window => window / 50).Distinct().ToArray())];
        Assert.NotEqual(blocks[0], blocks[1]);
        Assert.NotEqual(blocks[1], blocks[2]);
        Assert.NotEqual(blocks[0], blocks[0].Order());
    }

    [Fact]
    public void Split_TextOfManyGigabytes_CountsBeyondThirtyTwoBits()
    {
        TrainingSplit split = TrainingSplit.Create(9_000_000_060, 60, new TrainingOptions { ValidationShare = 0.5 });
        Assert.Equal((1_500_000_000L, 1_500_000_000L), (split.Plan.Predictions, split.ValidationCount));
        Assert.Equal(8_999_999_997, split.ValidationWindows.GetStart(1_499_999_999));
        split.Plan.StartEpoch(1);
        Assert.All(split.Plan.GetBatch(split.Plan.BatchCount - 1, out _).ToArray(), start => Assert.InRange(start, 0, 4_500_000_000));
    }

    [Theory]
    [InlineData(60, 0, "The text has 60 tokens, but a window of 60 and the token after it need at least 61")]
    [InlineData(70, 0.95, "A ValidationShare of 0.95 of 4 windows leaves none to train on")]
    [InlineData(70, 1e-17, "A ValidationShare of 1E-17 of 4 windows leaves none to validate with")]
    public void Split_NothingToTrainOnOrValidateWith_SaysSo(int length, double validationShare, string problem)
    {
        TrainingOptions options = new() { ValidationShare = validationShare };
        AphoristException error = Assert.ThrowsAny<AphoristException>(() => TrainingSplit.Create(length, 60, options));
        Assert.Equal(validationShare > 0 ? "ValidationShare" : null, (error as InvalidOptionsException)?.PropertyName);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static long[] Order(BatchPlan plan, int epoch)
    {
        plan.StartEpoch(epoch);
        return [.. Enumerable.Range(0, plan.BatchCount).SelectMany(number => plan.GetBatch(number, out _).ToArray())];
    }
}
