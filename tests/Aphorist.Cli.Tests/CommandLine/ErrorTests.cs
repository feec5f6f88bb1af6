namespace Aphorist.Cli.Tests.CommandLine;

public sealed class ErrorTests
{
    /// <summary>What the message of a programming error contains.</summary>
    internal const string Unexpected = "should not have";

    [Fact]
    public void Debug_OnFailure_PrintsTheStackTrace()
    {
        CommandResult result = AphoristApp.Run("info", "nowhere.safetensors", "--debug").Expect(1);

        Assert.Contains("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }
}
