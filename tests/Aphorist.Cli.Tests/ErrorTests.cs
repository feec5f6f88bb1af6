namespace Aphorist.Cli.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void Debug_OnFailure_PrintsTheStackTrace()
    {
        AphoristProcess.Result result = AphoristProcess.Run(".", "info", "nowhere.safetensors", "--debug").Expect(1);

        Assert.Contains("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }
}
