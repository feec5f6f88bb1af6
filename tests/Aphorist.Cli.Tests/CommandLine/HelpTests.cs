using Aphorist.Training;

namespace Aphorist.Cli.Tests.CommandLine;

public sealed class HelpTests
{
    [Fact]
    public void Help_OfRoot_ListsCommandsAndExamples()
    {
        CommandResult result = AphoristApp.Run("--help").Expect(0);

        result.ExpectOutput("train", "generate", "info", "corpora", "bench", "completion", "Examples:", "--json", "--quiet", "--debug");
        Assert.Equal("", result.Error);
    }

    [Theory]
    [InlineData(
        "train", "--preset", "--epochs", "--seed", "--threads", "--run", "--resume", "--encoding", "--lowercase", "--validation",
        "--window", "--step", "--gates", "--samples")]
    [InlineData("generate", "--prompt", "--length", "--temperature", "--seed", "--mode", "--output", "--unknown", "--explain")]
    [InlineData("serve", "--address", "--port", "--api-key-file", "--allow-host", "--max-tokens", "--queue", "--timeout", "--log")]
    [InlineData("sweep", "--over", "--random", "--sweep", "--preset")]
    [InlineData("evaluate", "--objective", "--step", "--tail")]
    [InlineData("score", "--passages", "--output", "--length", "--encoding")]
    [InlineData("inspect", "--length", "--cells", "--tail", "--encoding", "--output")]
    [InlineData("plot", "--by", "--output")]
    [InlineData("export", "--to", "--graph", "--output")]
    [InlineData("info")]
    [InlineData("corpora")]
    [InlineData("bench", "--seconds")]
    public void Help_OfCommand_ShowsItsOptionsAndExamples(string command, params string[] options)
    {
        string help = AphoristApp.Run(command, "--help").Expect(0).Output;

        foreach (string option in options) Assert.Contains(option, help, StringComparison.Ordinal);
        Assert.Contains($"  aphorist {command}", help, StringComparison.Ordinal);
        Assert.Contains("Examples:", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_OfTrain_HasALineForEachPreset()
    {
        string help = AphoristApp.Run("train", "--help").Expect(0).Output;

        Assert.All(Preset.All, preset => Assert.Matches($@"\n {{20,}}{preset.Name}: {preset.Description.Split(' ')[0]}", help));
    }

    [Fact]
    public void Help_OfSubcommand_ShowsTheWholeCall() =>
        AphoristApp.Run("cache", "clear", "--help").Expect(0).ExpectOutput("Usage: aphorist cache clear [NAME...]");

    [Fact]
    public void Version_Asked_IsANumber() =>
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", AphoristProcess.Run(".", "--version").Expect(0).Output);

    [Fact]
    public void Call_WithoutArguments_ShowsHelpOnStandardError()
    {
        CommandResult result = AphoristApp.Run().Expect(2);

        Assert.Equal("", result.Output);
        Assert.Contains("Examples:", result.Error, StringComparison.Ordinal);
    }
}
