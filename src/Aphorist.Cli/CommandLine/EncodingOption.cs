using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>The option --encoding of every command that reads a text.</summary>
internal static class EncodingOption
{
    public const string Name = "--encoding";

    public static Option<string?> Create(string subject = "Encoding of the text") => new(Name)
    {
        Description = $"{subject}, such as windows-1252 or gb18030. Default: UTF-8, or what a byte order mark says.",
        HelpName = "name",
    };
}
