namespace Aphorist.Cli.Tests;

/// <summary>The signals that a shell sends to a process.</summary>
internal static class Signal
{
    /// <summary>Skips a test that sends a signal where there are no signals, or where this one is ignored.</summary>
    /// <param name="name">The signal: INT, which Ctrl-C sends, TERM or HUP.</param>
    public static void SkipUnlessHeard(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no kill on Windows.");
        // Under nohup, or in the background of a script, child processes ignore the signal too.
        bool isHeard = AphoristProcess.RunInBash(".", $"trap 'echo heard' {name}; kill -{name} $$; true").Output.Length > 0;
        Assert.SkipUnless(isHeard, $"The signal {name} is ignored here, and so in all child processes.");
    }
}
