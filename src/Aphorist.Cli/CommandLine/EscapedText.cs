namespace Aphorist.Cli.CommandLine;

/// <summary>Text with escape sequences for characters that are hard to type in a shell: \n, \t and \\.</summary>
internal static class EscapedText
{
    /// <summary>What the help of an option says about its value.</summary>
    public const string Help = @"\n is a line break, \t a tab and \\ a backslash.";

    /// <summary>Replaces the escape sequences. A backslash before any other character stays.</summary>
    public static string Read(string escaped) => string.Join('\\', escaped.Split(@"\\").Select(ReadPart));

    private static string ReadPart(string part) =>
        part.Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal);
}
