using Aphorist.Studio.Components;
using Xunit;

namespace Aphorist.Studio.Tests.Components;

public sealed class ChartScaleTests
{
    [Theory]
    [InlineData(0.62, 3.48, 0.5, 3.5, 0.5)]
    [InlineData(0, 10, 0, 10, 2)]
    [InlineData(-3, 97, -20, 100, 20)]
    [InlineData(0.00012, 0.00087, 0, 0.001, 0.0002)]
    public void Of_Rounded_HasRoundTicksAroundTheValues(double lowest, double highest, double start, double end, double step)
    {
        ChartScale scale = ChartScale.Of(lowest, highest, 5, isRounded: true);
        Assert.Equal((start, end), (scale.Start, scale.End));
        Assert.Equal(step, scale.Ticks[1] - scale.Ticks[0], 1e-9);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void Of_NoRange_IsUsable(double lowest, double highest)
    {
        ChartScale scale = ChartScale.Of(lowest, highest, 5, isRounded: true);
        Assert.True(scale.Start < scale.End);
        Assert.InRange(scale.Ticks.Count, 2, 20);
    }

    [Fact]
    public void Thin_ManyPoints_KeepsPeaksAndTheEnd()
    {
        (double X, double Y)[] points = [.. Enumerable.Range(0, 10_000).Select(index => ((double)index, 1.0))];
        (points[4321].Y, points[17].Y) = (99, -99);
        List<(double X, double Y)> kept = [.. ChartScale.Thin(points, 400)];
        Assert.InRange(kept.Count, 100, 400);
        Assert.Contains((4321, 99), kept);
        Assert.Contains((17, -99), kept);
        Assert.Equal(points[^1], kept[^1]);
        Assert.True(kept.Zip(kept.Skip(1)).All(pair => pair.First.X <= pair.Second.X));
    }

    [Fact]
    public void Path_NotFinite_IsLeftOut()
    {
        ChartScale x = ChartScale.Of(0, 2, 4, isRounded: false), y = ChartScale.Of(0, 1, 4, isRounded: true);
        Assert.Equal("0,100 200,0", ChartScale.Path([(0, 0), (1, double.NaN), (2, 1)], x, y, 200, 100, 10));
    }
}
