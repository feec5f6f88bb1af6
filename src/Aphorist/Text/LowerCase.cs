using System.Globalization;
using System.Text;

namespace Aphorist.Text;

/// <summary>
/// Converts text to lower case by the full rules of Unicode, as Python's <c>str.lower</c> does. .NET replaces each character by one other;
/// the full rules differ for two characters: İ (U+0130) becomes two, i and U+0307, and a capital sigma at the end of a word becomes ς.
/// </summary>
internal static class LowerCase
{
    private const char DottedI = '\u0130', DotAbove = '\u0307', Sigma = '\u03A3', FinalSigma = '\u03C2';

    /// <summary>Whether a text has a character for which .NET's conversion is not enough.</summary>
    public static bool HasSpecial(ReadOnlySpan<char> text) => text.ContainsAny(DottedI, Sigma);

    /// <summary>Converts a whole text.</summary>
    public static string Of(string text)
    {
        string lower = text.ToLowerInvariant();
        if (!HasSpecial(text)) return lower;
        StringBuilder result = new(lower.Length);
        Append(text, lower, result, followsCased: false, isLast: true);
        return result.ToString();
    }

    /// <summary>Appends a part of a text in lower case.</summary>
    /// <param name="text">The part.</param>
    /// <param name="lower">The same as .NET converts it, which keeps the length.</param>
    /// <param name="result">Receives the converted text.</param>
    /// <param name="followsCased">What <see cref="EndsCased"/> says of the text before the part.</param>
    /// <param name="isLast">Whether the text ends with this part.</param>
    /// <returns>
    /// The length that was converted: less than the whole part if the next part decides about a sigma near the end of this one.
    /// </returns>
    public static int Append(ReadOnlySpan<char> text, ReadOnlySpan<char> lower, StringBuilder result, bool followsCased, bool isLast)
    {
        int done = 0;
        while (done < text.Length)
        {
            int found = text[done..].IndexOfAny(DottedI, Sigma);
            int place = found < 0 ? text.Length : done + found;
            result.Append(lower[done..place]);
            done = place;
            if (place == text.Length) break;
            if (text[place] == DottedI)
            {
                result.Append('i').Append(DotAbove);
            }
            else
            {
                bool isAfterLetter = EndsCased(text[..place], followsCased);
                Rune? next = isAfterLetter ? FirstDecisive(text[(place + 1)..]) : null;
                if (isAfterLetter && next is null && !isLast) return place;
                bool endsWord = isAfterLetter && (next is null || !IsCased(next.Value));
                result.Append(endsWord ? FinalSigma : lower[place]);
            }

            done++;
        }

        return done;
    }

    /// <summary>
    /// Whether the last character that is not ignored in this question has case; <paramref name="before"/> if all are ignored.
    /// </summary>
    public static bool EndsCased(ReadOnlySpan<char> text, bool before)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeLastFromUtf16(text, out Rune last, out int length);
            if (!IsIgnored(last)) return IsCased(last);
            text = text[..^length];
        }

        return before;
    }

    private static Rune? FirstDecisive(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
            if (!IsIgnored(rune)) return rune;
        return null;
    }

    /// <summary>The property Cased, for characters that are not ignored.</summary>
    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value
            is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>The property Case_Ignorable: marks, modifiers, formats, and punctuation that occurs within words.</summary>
    private static bool IsIgnored(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value
            is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;
}
