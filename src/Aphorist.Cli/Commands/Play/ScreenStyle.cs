using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Play;

/// <summary>What a terminal can show.</summary>
/// <param name="HasColors">Whether it may have colours.</param>
/// <param name="HasUnicode">Whether it has characters beyond ASCII.</param>
internal readonly record struct ScreenStyle(bool HasColors, bool HasUnicode)
{
    /// <summary>What this one can, and whether colours are wanted (https://no-color.org).</summary>
    public static ScreenStyle Of(AphoristConsole console) => new(
        string.IsNullOrEmpty(console.GetVariable("NO_COLOR")),
        console.OutputTerminal.Profile.Capabilities.Unicode);
}
