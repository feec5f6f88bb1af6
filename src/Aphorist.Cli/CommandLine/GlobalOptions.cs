using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as JSON, one object a line, on standard output.",
        Recursive = true,
    };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "Print only the result and errors: no progress, no notes.",
        Recursive = true,
    };

    public static Option<bool> Debug { get; } = new("--debug")
    {
        Description = "When something fails, print the stack trace too.",
        Recursive = true,
    };
}
