namespace Aphorist.Cli.Tests;

/// <summary>What a shell sends to a process.</summary>
internal static class Signal
{
    /// <summary>Skips a test that sends a signal where there are none, or where it is ignored.</summary>
    /// <param name="name">Such as INT, which Ctrl-C sends, or HUP.</param>
    public static void SkipUnlessHeard(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no kill on Windows.");
        // Tests that were started under nohup, or in the background of a script, start everything so that it ignores the signal, which is then right.
        bool isHeard = AphoristProcess.RunInBash(".", $"trap 'echo heard' {name}; kill -{name} $$; true").Output.Length > 0;
        Assert.SkipUnless(isHeard, $"The signal {name} is ignored here, and so by all that is started here.");
    }
}
