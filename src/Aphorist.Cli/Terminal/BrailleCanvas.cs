namespace Aphorist.Cli.Terminal;

/// <summary>A grid of dots drawn with Braille characters, each 2 dots wide and 4 dots high, with one color per character.</summary>
/// <param name="columns">Width in characters.</param>
/// <param name="rows">Height in characters.</param>
internal sealed class BrailleCanvas(int columns, int rows)
{
    public const int DotsAcross = 2;
    public const int DotsDown = 4;

    private const char Empty = '\u2800';

    // The bit of each dot in the code point: rows from the top, left and right column.
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    private readonly int[,] dots = new int[rows, columns];
    private readonly int[,] series = new int[rows, columns];

    /// <summary>Sets a dot.</summary>
    /// <param name="x">Column of dots, from 0 at the left.</param>
    /// <param name="y">Row of dots, from 0 at the top.</param>
    /// <param name="number">The series, from 0. A character that several series share has the color of the highest.</param>
    public void Set(int x, int y, int number)
    {
        (int row, int column) = (y / DotsDown, x / DotsAcross);
        dots[row, column] |= Dots[y % DotsDown, x % DotsAcross];
        series[row, column] = Math.Max(series[row, column], number);
    }

    /// <summary>Gets a character and the series that determines its color.</summary>
    public (char Character, int Series) At(int row, int column) => ((char)(Empty + dots[row, column]), series[row, column]);
}
