using System.Collections.Concurrent;
using System.Text;
using Aphorist.Text;
using Spectre.Console.Rendering;

namespace Aphorist.Cli.Terminal;

/// <summary>Counts the terminal columns of a text: two for a Chinese character, none for a combining mark.</summary>
internal static class TextColumns
{
    private static readonly ConcurrentDictionary<Rune, int> Known = new();

    public static int Count(string text) => text.EnumerateRunes().Sum(Count);

    /// <summary>Cuts a text to a number of columns.</summary>
    public static string Fit(string text, int columns)
    {
        StringBuilder fitting = new();
        foreach (Rune character in text.EnumerateRunes())
        {
            columns -= Count(character);
            if (columns < 0) break;
            fitting.Append(character);
        }

        return fitting.ToString();
    }

    /// <summary>Cuts a text to a number of columns, or appends spaces up to it.</summary>
    public static string Pad(string text, int columns)
    {
        string fitting = Fit(text, columns);
        return fitting + new string(' ', Math.Max(columns - Count(fitting), 0));
    }

    /// <summary>Counts the columns of one character.</summary>
    public static int Count(Rune character)
    {
        if (character.Value is >= ' ' and <= '~') return 1;
        if (Known.TryGetValue(character, out int columns)) return columns;
        columns = CombiningMark.Is(character) ? 0 : Math.Max(new Segment(character.ToString()).CellCount(), 0);
        return Known[character] = columns;
    }
}
