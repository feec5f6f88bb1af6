using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Text;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>Colours tokens by their surprisal, from no colour to dark red.</summary>
internal sealed class SurprisalColors
{
    // From black on cream to white on red: the bits from which on a colour is used, and colours for terminals with 256 and with 16 of them.
    private static readonly (int Bits, Style Rich, Style Basic)[] Shades =
    [
        (0, Style.Plain, Style.Plain),
        (1, new(Color.Grey0, Color.Cornsilk1), Style.Plain),
        (2, new(Color.Grey0, Color.NavajoWhite1), Style.Plain),
        (4, new(Color.Grey0, Color.LightSalmon1), new(Color.Black, Color.Olive)),
        (6, new(Color.Grey0, Color.Salmon1), new(Color.Black, Color.Olive)),
        (8, new(Color.Grey100, Color.Red3), new(Color.White, Color.Maroon)),
    ];

    private readonly Capabilities terminal;
    private readonly int unit;

    private SurprisalColors(Capabilities terminal, Tokenizer tokenizer) =>
        (this.terminal, unit) = (terminal, tokenizer.Kind == TokenizerKind.Words ? 2 : 1); // A word has more information than a character.

    /// <summary>Creates the colours for standard output; null if it shows none.</summary>
    public static SurprisalColors? ForOutput(AphoristConsole console, Tokenizer tokenizer)
    {
        if (!console.IsOutputTerminal) return null;
        Capabilities terminal = console.OutputTerminal.Profile.Capabilities;
        return terminal.Ansi && terminal.ColorSystem != ColorSystem.NoColors ? new(terminal, tokenizer) : null;
    }

    /// <summary>Colours a token. A surprising line break is made visible, and control characters are escaped.</summary>
    public string Paint(string text, double bits)
    {
        int shade = Array.FindLastIndex(Shades, one => bits >= one.Bits * unit);
        string visible = string.Concat(text.Select(character => character is '\n' ? (shade > 0 ? "\\n" : "")
            : char.IsControl(character) ? VisibleText.Of(character.ToString())
            : character.ToString()));
        // The colour ends before the line does: terminals would fill the rest of the line with it.
        return Paint(visible, shade) + (text.Contains('\n', StringComparison.Ordinal) ? "\n" : "");
    }

    /// <summary>Explains the colours.</summary>
    public string Legend() => $"surprisal in bits: {string.Join(' ', Shades.Select((_, shade) => Paint($" {RangeOf(shade)} ", shade)))}";

    private string Paint(string text, int shade)
    {
        Style style = terminal.ColorSystem >= ColorSystem.EightBit ? Shades[shade].Rich : Shades[shade].Basic;
        if (text.Length == 0 || style.Equals(Style.Plain)) return text;
        StringWriter painted = new(CultureInfo.InvariantCulture);
        new AnsiWriter(painted, terminal).Write(text, style);
        return painted.ToString();
    }

    private string RangeOf(int shade)
    {
        int from = Shades[shade].Bits * unit;
        return shade == Shades.Length - 1
            ? string.Create(CultureInfo.InvariantCulture, $"{from} and more")
            : string.Create(CultureInfo.InvariantCulture, $"{from}-{Shades[shade + 1].Bits * unit}");
    }
}
