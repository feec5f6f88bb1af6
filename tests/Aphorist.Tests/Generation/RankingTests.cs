using Aphorist.Generation.Sampling;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class RankingTests
{
    [Fact]
    public void Order_EveryCount_IsThatOfAStableSort()
    {
        Random random = new(5);
        for (int count = 1; count <= Ranking.MaxCount; count++)
        {
            // Few different numbers, so that many are equal, among them the least there is; what fills up the last vector is larger than all.
            double[] numbers = new double[Ranking.PaddedLength(count)];
            Array.Fill(numbers, double.PositiveInfinity);
            for (int place = 0; place < count; place++) numbers[place] = random.Next(10) is int number and > 0 ? number : double.NegativeInfinity;
            int[] order = new int[count];
            Ranking.Order(numbers, order);
            Assert.Equal(Enumerable.Range(0, count).OrderByDescending(place => numbers[place]).Reverse(), order);
        }
    }
}
