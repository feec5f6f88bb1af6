using Aphorist.Numerics;
using Aphorist.Training.Distributed;
using Xunit;

namespace Aphorist.Tests.Training.Distributed;

public sealed class SumTreeTests
{
    public static TheoryData<int> Counts => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Add_AnyNumberOfArrays_IsTheSumOfPairsOfNeighbours(int count)
    {
        float[][] arrays = Arrays(count);
        Assert.Equal(Expected(arrays, 0, count), Sum(arrays));
    }

    [Fact]
    public void Add_Range_LeavesTheRestAsItIs()
    {
        float[][] arrays = Arrays(5);
        float[] sum = Sum(arrays, start: 16, length: 10);
        Assert.Equal(arrays[0][..16], sum[..16]);
        Assert.Equal(Expected(arrays, 0, 5)[16..26], sum[16..26]);
        Assert.Equal(arrays[0][26..], sum[26..]);
    }

    [Theory]
    [InlineData(16, 2)]
    [InlineData(16, 3)]
    [InlineData(13, 4)]
    [InlineData(21, 8)]
    [InlineData(3, 8)]
    public void Add_AlignedBlocksFirst_GivesTheSameBits(int shards, int processes)
    {
        float[][] arrays = Arrays(shards);
        ShardBlock block = new(shards, Rank: 0, processes);
        float[][] blocks = [.. arrays.Chunk(block.Length).Select(part => Sum(part))];
        Assert.Equal(block.Working, blocks.Length);
        Assert.Equal(Sum(arrays), Sum(blocks));
    }

    [Fact]
    public void Add_NegativeZeros_StayNegative()
    {
        float[][] zeros = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Repeat(-0f, 67).ToArray())];
        Assert.All(Sum(zeros), sum => Assert.True(float.IsNegative(sum)));
    }

    private static float[][] Arrays(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 67).Select(_ => random.NextSingle() - 0.5f).ToArray())];
    }

    /// <summary>The sum of arrays by the definition: the tree of the first half, a power of two, plus that of the rest.</summary>
    private static float[] Expected(float[][] arrays, int begin, int end)
    {
        if (end - begin == 1) return arrays[begin];
        int half = 1;
        while (2 * half < end - begin) half *= 2;
        return [.. Expected(arrays, begin, begin + half).Zip(Expected(arrays, begin + half, end), (left, right) => left + right)];
    }

    private static unsafe float[] Sum(float[][] arrays, int start = 0, int length = 67)
    {
        AlignedArray[] copies = [.. arrays.Select(array => new AlignedArray(array.Length))];
        for (int index = 0; index < arrays.Length; index++) arrays[index].CopyTo(copies[index].Span);
        SumTree.Add([.. copies.Select(copy => (nint)copy.Pointer)], start, length);
        return copies[0].Span.ToArray();
    }
}
