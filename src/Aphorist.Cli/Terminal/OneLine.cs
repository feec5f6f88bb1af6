using System.Text;
using Aphorist.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>Shows a passage of a text in one line.</summary>
internal static class OneLine
{
    /// <summary>Escapes line breaks and control characters, and cuts what is too long.</summary>
    /// <param name="text">The passage. White space around it is left out.</param>
    /// <param name="maximum">The number of characters of the text that are shown, before "...". No limit by default.</param>
    public static string Of(string text, int maximum = int.MaxValue)
    {
        StringBuilder line = new();
        int count = 0;
        foreach (Rune character in text.Trim().EnumerateRunes())
        {
            if (count++ == maximum) return line.Append("...").ToString();
            line.Append(character.Value is ' ' ? " " : VisibleText.Of(character.ToString()));
        }

        return line.ToString();
    }
}
