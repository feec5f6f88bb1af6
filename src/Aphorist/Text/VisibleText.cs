using System.Globalization;
using System.Text;

namespace Aphorist.Text;

/// <summary>Makes every character of a token visible.</summary>
internal static class VisibleText
{
    /// <summary>A space becomes <c>␣</c>, and characters without a shape become escapes such as <c>\n</c> and <c>\u00A0</c>.</summary>
    public static string Of(string text)
    {
        StringBuilder shown = new(text.Length);
        foreach (Rune character in text.EnumerateRunes())
        {
            if (shown.Length == 0 && CombiningMark.Is(character)) shown.Append(CombiningMark.DottedCircle);
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

/// <summary>Names characters in messages, including those without a shape.</summary>
internal static class CharacterName
{
    /// <summary>
    /// The character in quotes with its code point, <c>'é' (U+00E9)</c>, or the name of one without a shape: <c>tab (U+0009)</c>.
    /// </summary>
    public static string Of(Rune character) => $"{Name(character)} (U+{character.Value:X4})";

    private static string Name(Rune character) => character.Value switch
    {
        0x09 => "tab",
        0x0A => "line feed",
        0x0C => "form feed",
        0x0D => "carriage return",
        0x20 => "space",
        0xA0 => "no-break space",
        0x3000 => "ideographic space",
        0xFEFF => "byte order mark",
        0xFFFD => "replacement character",
        _ => NameByCategory(character),
    };

    private static string NameByCategory(Rune character) => Rune.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.Control => "control character",
        UnicodeCategory.Format => "invisible format character",
        UnicodeCategory.SpaceSeparator => "white space",
        UnicodeCategory.LineSeparator => "line separator",
        UnicodeCategory.ParagraphSeparator => "paragraph separator",
        UnicodeCategory.PrivateUse => "private-use character",
        UnicodeCategory.OtherNotAssigned => "unassigned character",
        _ when CombiningMark.Is(character) => $"combining mark '{CombiningMark.DottedCircle}{character}'",
        _ => $"'{character}'",
    };
}

/// <summary>Characters that are drawn onto the one before them, such as accents.</summary>
internal static class CombiningMark
{
    /// <summary>The placeholder that carries a mark shown by itself.</summary>
    public const char DottedCircle = '\u25CC';

    public static bool Is(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
