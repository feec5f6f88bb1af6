namespace Aphorist.Cli.Terminal;

/// <summary>A grid of dots, two across and four down in each character, in which every series has a layer of its own.</summary>
/// <param name="columns">Characters across.</param>
/// <param name="rows">Characters down.</param>
internal sealed class BrailleCanvas(int columns, int rows)
{
    public const int DotsAcross = 2;
    public const int DotsDown = 4;

    private const char Empty = '\u2800';

    // Unicode numbers the dots of a character so, from the top, in its left and right column.
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    private readonly int[,] dots = new int[rows, columns];
    private readonly int[,] series = new int[rows, columns];

    /// <summary>Sets a dot.</summary>
    /// <param name="x">From 0 at the left.</param>
    /// <param name="y">From 0 at the top.</param>
    /// <param name="number">The series, from 0; where several share a character, it belongs to the highest.</param>
    public void Set(int x, int y, int number)
    {
        (int row, int column) = (y / DotsDown, x / DotsAcross);
        dots[row, column] |= Dots[y % DotsDown, x % DotsAcross];
        series[row, column] = Math.Max(series[row, column], number);
    }

    /// <summary>The character at a place, and the series it belongs to.</summary>
    public (char Character, int Series) At(int row, int column) => ((char)(Empty + dots[row, column]), series[row, column]);
}
