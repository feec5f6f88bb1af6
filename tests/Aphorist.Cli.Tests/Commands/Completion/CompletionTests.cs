namespace Aphorist.Cli.Tests.Commands.Completion;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("aphorist tr", "train")]
    [InlineData("aphorist train --ep", "--epochs")]
    [InlineData("aphorist train --gates ", "hard-sigmoid")]
    [InlineData("aphorist generate model --mode ", "window")]
    [InlineData("aphorist corpora nie", "nietzsche")]
    [InlineData("aphorist train nie", "nietzsche")]
    [InlineData("aphorist train --gates=ha", "--gates=hard-sigmoid")]
    [InlineData("aphorist train --epochs 4 --gates=ha", "--gates=hard-sigmoid")]
    [InlineData("aphorist train --epochs 4 --hid", "--hidden")]
    [InlineData("aphorist train --lr 0.1 --q", "--quiet")]
    [InlineData("aphorist cache clear -", "--help")]
    [InlineData("aphorist --vers", "--version")]
    public void Suggest_PartOfALine_OffersWhatFits(string line, string expected)
    {
        string[] offered = AphoristApp.Run($"[suggest:{line.Length}]", line).Expect(0).Output.Split('\n');

        Assert.Contains(expected, offered);
    }

    [Fact]
    public void Completion_Bash_CompletesInBash()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        const string Line = """
            source <(aphorist completion bash)
            COMP_LINE='aphorist train --gates ha'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(aphorist train --gates ha); COMP_CWORD=3
            _aphorist; echo "${COMPREPLY[@]}"
            """;

        Assert.Equal("hard-sigmoid\n", AphoristProcess.RunInBash(".", Line).Expect(0).Output);
    }
}
