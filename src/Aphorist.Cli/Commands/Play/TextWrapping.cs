using System.Text;
using Aphorist.Cli.Terminal;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Wraps a text into lines of the terminal, between words if possible, and keeps which characters were generated.</summary>
internal sealed class TextWrapping
{
    private readonly int columns;
    private readonly List<List<Cell>> lines = [[]];
    private int used;

    private TextWrapping(int columns) => this.columns = columns;

    /// <summary>Gets the last lines of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">The columns of a line.</param>
    /// <param name="count">The maximum number of lines.</param>
    public static IReadOnlyList<IReadOnlyList<Cell>> LastLines(PlayText text, int columns, int count)
    {
        TextWrapping wrapping = new(columns);
        IEnumerable<Cell> cells = text.GetPieces().SelectMany(
            piece => piece.Text.EnumerateRunes().Select(rune => new Cell(rune, piece.IsGenerated)));
        foreach (Cell cell in LastParagraphs([.. cells], count)) wrapping.Add(cell);
        return wrapping.lines[^Math.Min(count, wrapping.lines.Count)..];
    }

    /// <summary>The text's own lines wrap independently of each other, so only the last ones are needed.</summary>
    private static IEnumerable<Cell> LastParagraphs(List<Cell> cells, int count)
    {
        int start = cells.Count;
        while (start > 0 && (cells[start - 1].Character.Value != '\n' || --count > 0)) start--;
        return cells.Skip(start);
    }

    private void Add(Cell cell)
    {
        if (cell.Character.Value == '\n')
        {
            lines.Add([]);
            used = 0;
            return;
        }

        int width = cell.Columns;
        // Spaces may exceed the line: nobody sees them.
        if (used + width > columns && cell.Character.Value != ' ') Break();
        lines[^1].Add(cell);
        used += width;
    }

    /// <summary>Moves the last word to a new line, unless it fills this one.</summary>
    private void Break()
    {
        List<Cell> line = lines[^1];
        int start = line.FindLastIndex(cell => cell.Character.Value == ' ') + 1;
        if (start == 0) start = line.Count;
        List<Cell> word = line[start..];
        line.RemoveRange(start, word.Count);
        lines.Add(word);
        used = word.Sum(cell => cell.Columns);
    }

    /// <summary>One character of a text.</summary>
    /// <param name="Character">The character.</param>
    /// <param name="IsGenerated">Whether the model generated it.</param>
    internal readonly record struct Cell(Rune Character, bool IsGenerated)
    {
        /// <summary>The character as the terminal shows it. An invisible one is escaped.</summary>
        public string DisplayText => Character.Value == ' ' ? " " : VisibleText.Of($"a{Character}")[1..];

        /// <summary>The columns that it takes.</summary>
        public int Columns => Character.Value is >= ' ' and <= '~' ? 1 : TextColumns.Count(DisplayText);
    }
}
