namespace Aphorist.Cli.Tests;

/// <summary>How a call ended and what it wrote.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Asserts the exit code. A failure shows what the call wrote.</summary>
    public CommandResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Exit code {ExitCode} instead of {exitCode}.\n--- output\n{Output}\n--- error\n{Error}");
        return this;
    }

    /// <summary>Asserts that the call failed with one message that contains these parts, no stack trace and no standard output.</summary>
    public void ExpectSentence(int exitCode, params string[] parts)
    {
        Expect(exitCode);
        string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string sentence = Assert.Single(lines, line => line.StartsWith("aphorist: ", StringComparison.Ordinal));
        foreach (string part in parts) Assert.Contains(part, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected error", Error, StringComparison.Ordinal);
        Assert.Equal("", Output);
    }
}
