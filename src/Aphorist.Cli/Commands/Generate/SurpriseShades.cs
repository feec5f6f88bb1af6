using System.Globalization;
using Aphorist.Text;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>Colours for how surprising a token is, from none to dark red.</summary>
internal sealed class SurpriseShades
{
    // Black on cream to white on red, of the 256 colours and of the 16 that older terminals have, with the bits from which on they are used.
    private static readonly (int From, string OfMany, string OfFew)[] Shades =
    [
        (0, "", ""),
        (1, "38;5;16;48;5;230", ""),
        (2, "38;5;16;48;5;223", ""),
        (4, "38;5;16;48;5;216", "30;43"),
        (6, "38;5;16;48;5;209", "30;43"),
        (8, "38;5;231;48;5;124", "97;41"),
    ];

    private readonly ColorSystem colors;
    private readonly int unit;

    private SurpriseShades(ColorSystem colors, Tokenizer tokenizer) =>
        (this.colors, unit) = (colors, tokenizer.Kind == TokenizerKind.Words ? 2 : 1); // A word holds more than a character does.

    /// <summary>The shades that standard output can show; null where it shows none.</summary>
    public static SurpriseShades? OfTerminal(Tokenizer tokenizer)
    {
        if (Console.IsOutputRedirected) return null;
        Capabilities terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }).Profile.Capabilities;
        return terminal.Ansi && terminal.ColorSystem != ColorSystem.NoColors ? new(terminal.ColorSystem, tokenizer) : null;
    }

    /// <summary>A token's text in its shade. A line break that surprises is shown, and nothing else of it that would move the cursor gets through.</summary>
    public string Paint(string text, double bits)
    {
        int shade = Array.FindLastIndex(Shades, one => bits >= one.From * unit);
        string visible = string.Concat(text.Select(character => character is '\n' ? (shade > 0 ? "\\n" : "")
            : char.IsControl(character) ? VisibleText.Of(character.ToString())
            : character.ToString()));
        // The colour ends before the line does, or it would fill the rest of it.
        return Shade(visible, shade) + (text.Contains('\n', StringComparison.Ordinal) ? "\n" : "");
    }

    /// <summary>Which shade means what.</summary>
    public string Legend()
    {
        IEnumerable<string> steps = Shades.Index().Select(step => Shade($" {BoundsOf(step.Index)} ", step.Index));
        return $"surprise in bits: {string.Join(' ', steps)}";
    }

    private string Shade(string text, int shade)
    {
        string color = colors >= ColorSystem.EightBit ? Shades[shade].OfMany : Shades[shade].OfFew;
        return color.Length == 0 || text.Length == 0 ? text : $"\u001b[{color}m{text}\u001b[0m";
    }

    private string BoundsOf(int shade)
    {
        int from = Shades[shade].From * unit;
        return shade == Shades.Length - 1
            ? string.Create(CultureInfo.InvariantCulture, $"{from} and more")
            : string.Create(CultureInfo.InvariantCulture, $"{from}-{Shades[shade + 1].From * unit}");
    }
}
