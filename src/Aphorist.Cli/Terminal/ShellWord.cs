namespace Aphorist.Cli.Terminal;

/// <summary>Quotes words for a shell.</summary>
internal static class ShellWord
{
    /// <summary>Returns the word, in quotes if the shell would not read it as one plain word.</summary>
    public static string Of(string word)
    {
        bool plain = word.Length > 0 && word.All(unit => char.IsLetterOrDigit(unit) || "/\\._-:+".Contains(unit, StringComparison.Ordinal));
        return plain ? word : OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
