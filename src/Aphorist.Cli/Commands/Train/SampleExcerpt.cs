using System.Text;
using System.Text.RegularExpressions;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Shortens a sample to about 200 characters in one line.</summary>
internal static partial class SampleExcerpt
{
    private const int Length = 200;
    private const int LongestWord = 30;

    /// <summary>
    /// Takes the start of a sample without the words that are cut at its ends. Line breaks become slashes, as where verse is quoted.
    /// </summary>
    public static string Of(string sample)
    {
        string line = LineBreaks().Replace(sample, " / ");
        // The sample continues a text that can end within a word.
        int start = line.AsSpan(0, Math.Min(line.Length, LongestWord)).IndexOf(' ') + 1;
        int end = start;
        for (int count = 0; count < Length && end < line.Length; count++) end += CharacterAt(line, end);
        bool cutsWord = end < line.Length && line[end] != ' ';
        if (cutsWord && line.AsSpan(start, end - start).LastIndexOf(' ') is >= 0 and int space && end - start - space <= LongestWord)
            end = start + space;
        return line[start..end].Trim(' ', '/');
    }

    private static int CharacterAt(string text, int index)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out _, out int units);
        return units;
    }

    [GeneratedRegex(@"[ \t]*[\r\n][\r\n \t]*")]
    private static partial Regex LineBreaks();
}
