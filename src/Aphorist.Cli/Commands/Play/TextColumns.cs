using System.Text;
using Aphorist.Text;
using Spectre.Console.Rendering;

namespace Aphorist.Cli.Commands.Play;

/// <summary>How many columns of a terminal a text takes: two for each Chinese character, none for marks above others.</summary>
internal static class TextColumns
{
    private static readonly Dictionary<Rune, int> Known = [];

    public static int Of(Rune character)
    {
        if (character.Value is >= ' ' and <= '~') return 1;
        if (Known.TryGetValue(character, out int columns)) return columns;
        columns = CombiningMark.Is(character) ? 0 : Math.Max(new Segment(character.ToString()).CellCount(), 0);
        return Known[character] = columns;
    }

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>As much of the beginning of a text as fits.</summary>
    public static string Fit(string text, int columns)
    {
        StringBuilder fitting = new();
        foreach (Rune character in text.EnumerateRunes())
        {
            columns -= Of(character);
            if (columns < 0) break;
            fitting.Append(character);
        }

        return fitting.ToString();
    }

    /// <summary>The text in just so many columns, cut or with spaces behind it.</summary>
    public static string Pad(string text, int columns)
    {
        string fitting = Fit(text, columns);
        return fitting + new string(' ', Math.Max(columns - Of(fitting), 0));
    }
}
