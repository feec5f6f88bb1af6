using Aphorist.Generation.Sampling;
using Xunit;

namespace Aphorist.Tests.Generation.Sampling;

public sealed class RankingTests
{
    [Fact]
    public void Order_EveryCount_IsThatOfAStableSort()
    {
        Random random = new(5);
        for (int count = 1; count <= Ranking.MaxCount; count++)
        {
            // Few different numbers, so that many are equal, minus infinity included. The padding is greater than all of them.
            double[] numbers = new double[Ranking.PaddedLength(count)];
            Array.Fill(numbers, double.PositiveInfinity);
            for (int index = 0; index < count; index++)
                numbers[index] = random.Next(10) is int number and > 0 ? number : double.NegativeInfinity;
            int[] order = new int[count];
            Ranking.Order(numbers, order);
            Assert.Equal(Enumerable.Range(0, count).OrderByDescending(index => numbers[index]).Reverse(), order);
        }
    }
}
