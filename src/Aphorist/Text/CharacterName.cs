using System.Globalization;
using System.Text;
using Aphorist.Text;

namespace Aphorist;

/// <summary>Names characters so that a message about them can be read, those without a shape too.</summary>
public static class CharacterName
{
    /// <summary>The character in quotes with its code point, <c>'é' (U+00E9)</c>; for one that shows nothing, its name: <c>tab (U+0009)</c>.</summary>
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
        _ when CombiningMark.Is(character) => $"combining mark '\u25CC{character}'",
        _ => $"'{character}'",
    };
}
