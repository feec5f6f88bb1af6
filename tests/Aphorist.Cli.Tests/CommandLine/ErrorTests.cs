using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Tests.CommandLine;

public sealed class ErrorTests
{
    [Fact]
    public void Debug_OnFailure_PrintsTheStackTrace()
    {
        CommandResult result = AphoristApp.Run("info", "nowhere.safetensors", "--debug").Expect(1);

        Assert.Contains("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new UsageException("Leave one out."), 2, "aphorist: Leave one out.\n" },
        { new CorpusException("'a.txt' is empty."), 1, "aphorist: 'a.txt' is empty.\n" },
        { new IOException("The disk\nis full."), 1, "aphorist: The disk is full.\n" },
        { new UnauthorizedAccessException("No."), 1, "aphorist: No.\n" },
        { new InvalidOperationException("Oh."), 1, "aphorist: Unexpected error: Oh (--debug prints the stack trace).\n" },
        { new InvalidOptionsException("TopP is 2, not 1 or less.", "TopP"), 2, "aphorist: --top-p is 2, not 1 or less.\n" },
        { new InvalidOptionsException("A size is too large.", "HiddenSize"), 1, "aphorist: --hidden: A size is too large.\n" },
        { new InvalidOptionsException("Depth is 2.", "Depth"), 2, "aphorist: Depth is 2.\n" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Write_Failure_IsASentenceThatNamesOptions(Exception failure, int exitCode, string expected)
    {
        Command command = new("grow") { new Option<string>("--top-p"), new Option<string>("--hidden").Sets("HiddenSize") };
        using StringWriter error = new() { NewLine = "\n" };

        Assert.Equal(exitCode, ErrorReport.Write(failure, new RootCommand { command }.Parse(["grow", "--top-p", "2"]), error));

        Assert.Equal(expected, error.ToString());
    }
}
