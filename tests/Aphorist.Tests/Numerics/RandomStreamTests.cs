using Aphorist.Numerics;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Numerics;

/// <summary>The seeds are fixed, so the statistical tests always see the same numbers: none fails by chance.</summary>
public sealed class RandomStreamTests
{
    private const int Count = 100_000;

    private static readonly RandomStream Stream = new(1, RandomPurpose.Shuffle);

    [Fact]
    public void Uniform_ManyNumbers_FillsTheIntervalEvenly()
    {
        int[] bins = new int[100];
        for (ulong index = 0; index < Count; index++)
        {
            double value = Stream.Uniform(index);
            Assert.True(value is >= 0 and < 1);
            bins[(int)(value * bins.Length)]++;
        }

        Assert.InRange(ChiSquare(bins), 0, 149);
    }

    [Fact]
    public void Below_ManyNumbers_IsEven()
    {
        int[] bins = new int[100];
        for (ulong index = 0; index < Count; index++) bins[Stream.Below(index, bins.Length)]++;
        Assert.InRange(ChiSquare(bins), 0, 149);
    }

    [Fact]
    public void Below_One_IsZero() => Assert.Equal(0, Stream.Below(7, 1));

    [Fact]
    public void Normal_ManyNumbers_HasTheMomentsOfTheNormalDistribution()
    {
        double[] values = [.. Enumerable.Range(0, Count).Select(index => Stream.Normal((ulong)index))];
        // Five standard errors: those of the first four moments are sqrt(1, 2, 15, 96) / sqrt(n).
        double unit = 5 / Math.Sqrt(Count);
        Assert.Equal(0, values.Average(), unit);
        Assert.Equal(1, values.Average(x => x * x), Math.Sqrt(2) * unit);
        Assert.Equal(0, values.Average(x => x * x * x), Math.Sqrt(15) * unit);
        Assert.Equal(3, values.Average(x => x * x * x * x), Math.Sqrt(96) * unit);
    }

    [Fact]
    public void Bits_OtherSeedPurposeNumberOrIndex_GivesOtherBits()
    {
        RandomStream[] streams =
        [
            Stream,
            Stream with { Seed = 2 },
            Stream with { Seed = 1ul << 32 },
            Stream with { Purpose = RandomPurpose.Sampling },
            Stream with { Number = 1 },
        ];
        ulong[] bits = [.. streams.SelectMany(stream => new[] { stream.Bits(0), stream.Bits(1), stream.Bits(1ul << 32) })];
        Assert.Equal(bits.Length, bits.Distinct().Count());
    }

    [Fact]
    public void Shuffle_AnyLengthAndSeed_IsAPermutation() =>
        Gen.Select(Gen.Int[0, 300], Gen.ULong).Sample((length, seed) =>
        {
            int[] values = [.. Enumerable.Range(0, length)];
            new RandomStream(seed, RandomPurpose.Shuffle).Shuffle(values);
            return values.Order().SequenceEqual(Enumerable.Range(0, length));
        });

    [Fact]
    public void Shuffle_ThreeValues_MakesEachOrderEquallyOften()
    {
        int[] orders = new int[6];
        for (uint number = 0; number < 60_000; number++)
        {
            int[] values = [0, 1, 2];
            new RandomStream(3, RandomPurpose.Shuffle, number).Shuffle(values);
            orders[values[0] * 2 + (values[1] > values[2] ? 1 : 0)]++;
        }

        // 5 degrees of freedom: above 20.5 one time in a thousand.
        Assert.InRange(ChiSquare(orders), 0, 20.5);
    }

    [Fact]
    public void Shuffle_SameSeed_GivesTheSameOrder()
    {
        int[] first = [.. Enumerable.Range(0, 50)], second = [.. first];
        Stream.Shuffle(first);
        Stream.Shuffle(second);
        Assert.Equal(first, second);
        Assert.NotEqual(first.Order(), first);
    }

    /// <summary>For 100 equal bins (99 degrees of freedom) it is above 149 one time in a thousand.</summary>
    private static double ChiSquare(int[] bins)
    {
        double expected = bins.Sum() / (double)bins.Length;
        return bins.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
