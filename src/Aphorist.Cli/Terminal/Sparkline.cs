namespace Aphorist.Cli.Terminal;

/// <summary>Numbers as a line of blocks, as high as the numbers are.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>At most <paramref name="width"/> blocks; where there are more numbers, each block is the mean of some. What is not finite is left out.</summary>
    public static string Of(IEnumerable<double> values, int width)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        int count = Math.Min(finite.Length, width);
        if (count <= 0) return "";
        double[] heights = [.. Enumerable.Range(0, count).Select(block => MeanOf(finite, block, count))];
        double lowest = heights.Min(), range = heights.Max() - lowest;
        return string.Concat(heights.Select(height => Blocks[range > 0 ? (int)Math.Round((height - lowest) / range * (Blocks.Length - 1)) : 0]));
    }

    private static double MeanOf(double[] values, int block, int count)
    {
        int start = block * values.Length / count, end = (block + 1) * values.Length / count;
        return values[start..end].Average();
    }
}
