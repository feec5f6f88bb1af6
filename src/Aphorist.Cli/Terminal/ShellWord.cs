namespace Aphorist.Cli.Terminal;

/// <summary>Words that a person can paste into a shell.</summary>
internal static class ShellWord
{
    /// <summary>The word, quoted if a shell would take it apart.</summary>
    public static string Of(string word)
    {
        bool plain = word.Length > 0 && word.All(unit => char.IsLetterOrDigit(unit) || "/\\._-:+".Contains(unit, StringComparison.Ordinal));
        return plain ? word : OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
