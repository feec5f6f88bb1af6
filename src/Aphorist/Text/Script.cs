namespace Aphorist.Text;

/// <summary>Tells the letters of East Asian scripts apart by their code points.</summary>
internal static class Script
{
    /// <summary>Whether a letter is a Chinese character, also as used in Japanese and Korean.</summary>
    public static bool IsHan(int codePoint) => codePoint is
        (>= 0x3005 and <= 0x3007) or (>= 0x3021 and <= 0x302F) or (>= 0x3038 and <= 0x303B) or (>= 0x3400 and <= 0x9FFF) or
        (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    /// <summary>Whether a letter is one of the Japanese syllabaries.</summary>
    public static bool IsKana(int codePoint) => codePoint is
        (>= 0x3031 and <= 0x3035) or 0x303C or (>= 0x3041 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0xFF66 and <= 0xFF9F) or
        (>= 0x1AFF0 and <= 0x1B16F);

    /// <summary>Whether a letter is Chinese or Japanese. No spaces separate the words of these scripts.</summary>
    public static bool IsUnspaced(int codePoint) => IsHan(codePoint) || IsKana(codePoint);

    /// <summary>Whether a letter is Korean.</summary>
    public static bool IsHangul(int codePoint) => codePoint is
        (>= 0x1100 and <= 0x11FF) or (>= 0x3131 and <= 0x318E) or (>= 0xA960 and <= 0xA97C) or (>= 0xAC00 and <= 0xD7FB);
}
