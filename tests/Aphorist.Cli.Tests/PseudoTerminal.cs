namespace Aphorist.Cli.Tests;

/// <summary>The program `script` of util-linux, which runs a program on a pseudo-terminal.</summary>
internal static class PseudoTerminal
{
    /// <summary>Skips a test where there is no such program.</summary>
    public static void SkipWhereMissing()
    {
        CommandResult tool = AphoristProcess.RunInBash(".", "script --version");
        bool exists = tool.ExitCode == 0 && tool.Output.Contains("util-linux", StringComparison.Ordinal);
        Assert.SkipUnless(exists, "There is no `script` of util-linux here.");
    }
}
