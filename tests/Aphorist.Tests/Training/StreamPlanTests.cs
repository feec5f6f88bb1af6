using Aphorist.Training;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class StreamPlanTests
{
    [Fact]
    public void Batch_AnySizes_StreamsGoOnAndStayApartAndWithinTheText() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 9], Gen.Int[60, 400], Gen.Int[1, 5]).Sample((rows, sequence, length, epoch) =>
        {
            BatchPlan plan = Plan(length, rows, sequence);
            plan.StartEpoch(epoch);
            HashSet<long> predicted = [];
            long[] expected = [];
            for (int number = 0; number < plan.BatchCount; number++)
            {
                long[] starts = [.. plan.GetBatch(number, out int steps)];
                if (number > 0) Assert.Equal(expected, starts);
                foreach (long start in starts)
                {
                    for (int step = 0; step < steps; step++)
                        Assert.True(predicted.Add(start + step + 1) && start + step + 1 < length, $"{start + step + 1} of {length}");
                }

                expected = [.. starts.Select(start => start + steps)];
            }

            Assert.Equal(plan.Predictions, predicted.Count);
            Assert.InRange(predicted.Count, length - sequence - rows, length - 1);
        });

    [Fact]
    public void Begin_OtherEpochs_BeginElsewhere()
    {
        BatchPlan plan = Plan(10_000, 4, 64);
        long[] firsts = [.. Enumerable.Range(1, 20).Select(epoch =>
        {
            plan.StartEpoch(epoch);
            return plan.GetBatch(0, out _)[0];
        })];
        Assert.InRange(firsts.Distinct().Count(), 10, 20);
        Assert.All(firsts, first => Assert.InRange(first, 0, 63));
    }

    [Theory]
    [InlineData(99, 4, 20, "99 tokens are too few for a BatchSize of 4 and a SequenceLength of 20: 100 are needed")]
    [InlineData(10, 1, 20, "too few")]
    public void Plan_TextTooShort_SaysSo(int length, int rows, int sequence, string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidOptionsException>(() => Plan(length, rows, sequence)).Message, StringComparison.Ordinal);

    [Fact]
    public void Split_ShareOfTheText_IsHeldOutFromItsEnd()
    {
        TrainingSplit split = TrainingSplit.Create(
            1_115_394, window: 60, new TrainingOptions { Objective = Objective.Stream, BatchSize = 16, ValidationShare = 0.1 });
        Assert.Equal((1_003_854L, 111_539L), (split.ValidationStart, split.ValidationCount));
    }

    [Fact]
    public void Batch_TextOfManyGigabytes_GoesBeyondThirtyTwoBits()
    {
        TrainingSplit split = TrainingSplit.Create(9_000_000_000, window: 60, new TrainingOptions { Objective = Objective.Stream, BatchSize = 2, SequenceLength = 64 });
        split.Plan.StartEpoch(1);
        long[] starts = [.. split.Plan.GetBatch(split.Plan.BatchCount - 1, out int steps)];
        Assert.InRange(starts[1] + steps, 9_000_000_000 - 130, 9_000_000_000 - 1);
    }

    private static BatchPlan Plan(int length, int rows, int sequence) =>
        TrainingSplit.Create(length, window: 1, new TrainingOptions { Objective = Objective.Stream, BatchSize = rows, SequenceLength = sequence }).Plan;
}
