using Aphorist.Inspection;
using Xunit;

namespace Aphorist.Tests.Inspection;

public sealed class CorrelationSumsTests
{
    private const int Count = 2000;

    [Theory]
    [InlineData(0)]
    [InlineData(1e6)]
    public void Of_RandomValues_IsThatOfTwoPasses(double offset)
    {
        Random random = new(1);
        double[][] features =
        [
            [.. Enumerable.Range(0, Count).Select(_ => offset + random.NextDouble())],
            [.. Enumerable.Range(0, Count).Select(time => offset + time % 71)],
        ];
        float[][] cells = [.. Enumerable.Range(0, 19).Select(cell =>
            (float[])[.. Enumerable.Range(0, Count).Select(time =>
                (float)Math.Tanh(random.NextDouble() - 0.5 + cell * 0.01 * (features[cell % 2][time] - offset)))])];
        CorrelationSums sums = SumsOf(cells, features);
        for (int cell = 0; cell < cells.Length; cell++)
            for (int feature = 0; feature < features.Length; feature++)
                Assert.Equal(TwoPasses(cells[cell], features[feature]), sums.Of(cell, feature), 1e-9);
        Assert.InRange(sums.Of(17, 1), 0.5, 0.99);
    }

    [Fact]
    public void Of_ValuesOnALine_IsOneOrMinusOne()
    {
        double[] feature = [.. Enumerable.Range(0, 64).Select(time => (double)(time * time % 17))];
        CorrelationSums sums =
            SumsOf([[.. feature.Select(value => (float)value / 32)], [.. feature.Select(value => 0.5f - (float)value / 32)]], [feature]);
        Assert.Equal(1, sums.Of(0, 0), 1e-12);
        Assert.Equal(-1, sums.Of(1, 0), 1e-12);
    }

    [Fact]
    public void Of_WhatNeverChanges_IsNotANumber()
    {
        double[] changing = [.. Enumerable.Range(0, 100).Select(time => (double)(time % 3))], constant = [.. changing.Select(_ => 0.1)];
        CorrelationSums sums = SumsOf([[.. changing.Select(value => (float)value)], [.. changing.Select(_ => 0.3f)]], [changing, constant]);
        Assert.Equal([true, false], [sums.Varies(0), sums.Varies(1)]);
        Assert.Equal(1, sums.Of(0, 0), 1e-12);
        Assert.Equal(double.NaN, sums.Of(0, 1));
        Assert.Equal(double.NaN, sums.Of(1, 0));
        Assert.Equal(double.NaN, sums.Of(1, 1));
    }

    private static CorrelationSums SumsOf(float[][] cells, double[][] features)
    {
        CorrelationSums sums = new(cells.Length, features.Length);
        for (int time = 0; time < cells[0].Length; time++)
            sums.Add([.. cells.Select(cell => cell[time])], [.. features.Select(feature => feature[time])]);
        return sums;
    }

    /// <summary>Pearson's coefficient as it is defined: first the means, then the distances from them.</summary>
    internal static double TwoPasses(IReadOnlyList<float> cell, IReadOnlyList<double> feature)
    {
        double cellMean = cell.Average(value => (double)value), featureMean = feature.Average();
        double product = cell.Zip(feature, (x, y) => (x - cellMean) * (y - featureMean)).Sum();
        return product / Math.Sqrt(
            cell.Sum(x => (x - cellMean) * (x - cellMean)) * feature.Sum(y => (y - featureMean) * (y - featureMean)));
    }
}
