using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>The option of every command that reads a corpus.</summary>
internal static class EncodingOption
{
    public static Option<string?> Create() => new("--encoding")
    {
        Description = "The text's encoding, such as windows-1252 or gb18030. UTF-8 by default, or what the byte order mark says.",
        HelpName = "name",
    };
}
