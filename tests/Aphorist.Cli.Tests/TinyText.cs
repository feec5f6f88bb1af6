namespace Aphorist.Cli.Tests;

/// <summary>A text that a small model learns in a second.</summary>
internal static class TinyText
{
    private static readonly string[] Words = ["the", "cat", "sat", "on", "a", "mat", "and", "saw", "red", "hen", "run", "to", "sea"];

    /// <summary>About this many characters of short sentences, always the same.</summary>
    public static string OfLength(int length)
    {
        System.Text.StringBuilder text = new();
        for (int word = 0; text.Length < length; word++)
            text.Append(Words[word * word % 31 % Words.Length]).Append(word % 7 == 6 ? ".\n" : " ");
        return text.ToString();
    }
}
