using System.Globalization;
using System.Text;

namespace Aphorist.Text;

/// <summary>Measures whether the letters of a text are where a person would write them, which a wrong encoding spoils.</summary>
internal static class Readability
{
    private const int MaximumCharacters = 20_000;

    // The more frequent half of three character sets: their encodings have it first.
    private static readonly Lazy<HashSet<Rune>> FrequentHan = new(
        () => [.. Decode("gb2312", 0xB0, 0xD7), .. Decode("big5", 0xA4, 0xC6), .. Decode("shift_jis", 0x88, 0x98)]);

    private enum Script
    {
        Latin,
        Greek,
        Cyrillic,
        Hebrew,
        Arabic,
        Thai,
        East,
        Other,
    }

    /// <summary>The share of characters beyond ASCII that fit their neighbours, from 0 to 1; 1 if there are none.</summary>
    public static double Of(string text)
    {
        int good = 0, all = 0;
        Rune before = new(' ');
        foreach (Rune character in text.EnumerateRunes())
        {
            if (!character.IsAscii)
            {
                all++;
                if (Fits(character, before)) good++;
            }
            else if (!before.IsAscii && Rune.IsLetter(character) && !FollowsInAWord(character, before))
            {
                good--;
            }

            if (all == MaximumCharacters) break;
            before = character;
        }

        return all == 0 ? 1 : Math.Max(0, (double)good / all);
    }

    private static bool Fits(Rune character, Rune before)
    {
        int value = character.Value;
        if (!Rune.IsLetter(character))
        {
            // A mark belongs to a letter. Boxes and invisible characters are hardly ever in a text.
            UnicodeCategory category = Rune.GetUnicodeCategory(character);
            return category == UnicodeCategory.NonSpacingMark ? Rune.IsLetter(before) || !before.IsAscii
                : category != UnicodeCategory.Format && value is not (>= 0x2500 and < 0x2600);
        }

        Script script = Of(character);
        bool isHan = value is >= 0x3400 and < 0xA000;
        if (script == Script.East) return !isHan || FrequentHan.Value.Contains(character);
        if (script == Script.Other) return false;
        if (!Rune.IsLetter(before)) return FollowsInAWord(character, before);
        // Two accented letters are rare side by side.
        return FollowsInAWord(character, before) && (script != Script.Latin || before.IsAscii);
    }

    /// <summary>Whether a letter can follow another character without a space between them.</summary>
    private static bool FollowsInAWord(Rune letter, Rune before)
    {
        // Signs such as currencies, but not quotation marks and the Spanish ¡ and ¿.
        if (!Rune.IsLetter(before)) return before.Value is not (>= 0xA2 and <= 0xBE) || before.Value is 0xAB or 0xBB;
        if (Of(before) != Of(letter)) return Of(before) == Script.East || Of(letter) == Script.East;
        return !(Rune.IsLower(before) && Rune.IsUpper(letter));
    }

    private static Script Of(Rune letter) => letter.Value switch
    {
        < 0x250 or (>= 0x1E00 and < 0x1F00) => Script.Latin,
        (>= 0x370 and < 0x400) or (>= 0x1F00 and < 0x2000) => Script.Greek,
        >= 0x400 and < 0x530 => Script.Cyrillic,
        >= 0x590 and < 0x600 => Script.Hebrew,
        >= 0x600 and < 0x700 => Script.Arabic,
        >= 0xE00 and < 0xE80 => Script.Thai,
        (>= 0x3040 and < 0x3100) or (>= 0x3400 and < 0xA000) or (>= 0xAC00 and < 0xD7B0) => Script.East,
        _ => Script.Other,
    };

    /// <summary>The characters whose first byte is in a range, in an encoding of two bytes for each.</summary>
    private static IEnumerable<Rune> Decode(string name, int first, int last)
    {
        Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(name)!;
        byte[] bytes = [.. Enumerable.Range(first, last - first + 1).SelectMany(lead => Enumerable.Range(0x40, 0xBF).SelectMany(
            trail => (byte[])[(byte)lead, (byte)trail, (byte)'\n']))];
        return encoding.GetString(bytes).EnumerateRunes().Where(character => character.Value is >= 0x3400 and < 0xA000);
    }
}
