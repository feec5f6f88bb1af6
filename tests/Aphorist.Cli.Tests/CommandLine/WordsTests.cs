namespace Aphorist.Cli.Tests.CommandLine;

public sealed class WordsTests(TrainedModel trained)
{
    [Fact]
    public void Option_Repeated_LastOneCounts() => Assert.Equal(
        AphoristApp.Run("generate", trained.Run, "--seed", "1", "--length", "5").Expect(0).Output,
        AphoristApp.Run("generate", trained.Run, "--seed", "2", "--length", "9", "--seed", "1", "--length", "5").Expect(0).Output);

    [Fact]
    public void DoubleDash_EndsTheOptions() => AphoristApp.Run("info", "--", "-model").ExpectSentence(1, "'-model'");

    [Fact]
    public void Help_AsCommand_IsTheSameHelp()
    {
        Assert.Equal(AphoristApp.Run("--help").Output, AphoristApp.Run("help").Expect(0).Output);
        Assert.Equal(AphoristApp.Run("cache", "clear", "--help").Output, AphoristApp.Run("help", "cache", "clear").Expect(0).Output);
        Assert.Equal(AphoristApp.Run("--version").Output, AphoristApp.Run("version").Expect(0).Output);
    }

    [Fact]
    public void Temperature_DecimalComma_IsNoted() => AphoristApp.Run("generate", trained.Run, "--temperature", "0,5", "--length", "2")
        .Expect(0).ExpectError("the values 0 and 5", "write 0.5");

    [Fact]
    public void Beams_FewerThanResults_IsAWrongCall() =>
        AphoristApp.Run("generate", trained.Run, "--beams", "4", "--best", "9").ExpectSentence(2, "--best", "--beams");

    [Fact]
    public void Passage_UnknownCharacters_CanBeSkipped()
    {
        using TemporaryFolder folder = new();
        string text = folder.Write("odd.txt", "the \u4E00 cat \u4E01 sat");
        AphoristApp.Run("generate", trained.Run, "--passage", text, "--length", "2").ExpectSentence(1, "--unknown skip");
        AphoristApp.Run("generate", trained.Run, "--passage", text, "--length", "2", "--unknown", "skip").Expect(0)
            .ExpectError("Left out", "U+4E00").ExpectOutput("the  cat  sat");
    }

    [Fact]
    public void Plot_FolderThatIsNoRun_IsSkippedWithANote()
    {
        using TemporaryFolder folder = new();
        AphoristApp.Run("plot", folder.Path, trained.Run, "--output", folder["loss.svg"]).Expect(0).ExpectError("Skipped", folder.Path);
        AphoristApp.Run("plot", folder.Path, "--output", folder["none.svg"]).ExpectSentence(1, "metrics.csv");
    }
}
