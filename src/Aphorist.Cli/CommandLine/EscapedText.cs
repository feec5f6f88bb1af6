namespace Aphorist.Cli.CommandLine;

/// <summary>Text as programmers write it, for characters that are hard to type in a shell: \n, \t and \\.</summary>
internal static class EscapedText
{
    /// <summary>The text that is meant; a backslash before anything else stays.</summary>
    public static string Read(string written) => string.Join('\\', written.Split(@"\\").Select(part => part.Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal)));
}
