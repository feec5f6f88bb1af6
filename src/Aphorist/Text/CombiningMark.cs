using System.Globalization;
using System.Text;

namespace Aphorist.Text;

/// <summary>Characters that are written onto the one before them, such as accents.</summary>
internal static class CombiningMark
{
    public static bool Is(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
