using System.Globalization;
using System.Text;

namespace Aphorist.Text;

/// <summary>Makes every character of a token visible.</summary>
internal static class VisibleText
{
    private const char DottedCircle = '\u25CC';

    /// <summary>The text with its spaces as <c>␣</c> and what shows nothing as programmers write it: <c>\n</c>, <c>\u00A0</c>.</summary>
    public static string Of(string text)
    {
        StringBuilder shown = new(text.Length);
        foreach (Rune character in text.EnumerateRunes())
        {
            if (shown.Length == 0 && CombiningMark.Is(character)) shown.Append(DottedCircle);
            shown.Append(Of(character));
        }
        return shown.ToString();
    }

    private static string Of(Rune character) => character.Value switch
    {
        ' ' => "␣",
        '\n' => "\\n",
        '\t' => "\\t",
        _ when IsVisible(character) => character.ToString(),
        <= 0xFFFF => $"\\u{character.Value:X4}",
        _ => $"\\U{character.Value:X8}",
    };

    private static bool IsVisible(Rune character) => Rune.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
