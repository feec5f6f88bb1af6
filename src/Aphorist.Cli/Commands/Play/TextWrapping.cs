using System.Text;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Breaks a text into lines of a terminal, between words where it can, and keeps who wrote what.</summary>
internal sealed class TextWrapping
{
    private readonly int columns;
    private readonly List<List<Cell>> lines = [[]];
    private int used;

    private TextWrapping(int columns) => this.columns = columns;

    /// <summary>The last lines of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">Columns of a line.</param>
    /// <param name="count">Lines at most.</param>
    public static IReadOnlyList<IReadOnlyList<Cell>> Last(PlayText text, int columns, int count)
    {
        TextWrapping wrapping = new(columns);
        // Each of the text's own lines is broken by itself, so only the last ones need be.
        IEnumerable<Cell> cells = text.Pieces().SelectMany(piece => piece.Text.EnumerateRunes().Select(rune => new Cell(rune, piece.IsWritten)));
        foreach (Cell cell in LastLines([.. cells], count)) wrapping.Add(cell);
        return wrapping.lines[^Math.Min(count, wrapping.lines.Count)..];
    }

    private static IEnumerable<Cell> LastLines(List<Cell> cells, int count)
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
        // Spaces may hang over the end, where nobody sees them.
        if (used + width > columns && cell.Character.Value != ' ') Break();
        lines[^1].Add(cell);
        used += width;
    }

    /// <summary>Takes the word that is begun to a new line, unless it fills this one.</summary>
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
    /// <param name="IsWritten">Whether the model wrote it.</param>
    internal readonly record struct Cell(Rune Character, bool IsWritten)
    {
        /// <summary>The character as it can be shown; what shows nothing is written as programmers do.</summary>
        public string Shown => Character.Value == ' ' ? " " : VisibleText.Of($"a{Character}")[1..];

        /// <summary>The columns that it takes.</summary>
        public int Columns => Character.Value is >= ' ' and <= '~' ? 1 : TextColumns.Of(Shown);
    }
}
