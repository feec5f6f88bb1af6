namespace Aphorist.Cli.Tests;

/// <summary>The command on a terminal, which `script` plays.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TerminalTests() => folder.Write("tiny.txt", TinyText.OfLength(20_000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_OnATerminal_ShowsProgress()
    {
        string shown = OnATerminal("aphorist train tiny.txt --epochs 1 --window 30 --samples false");

        foreach (string part in new[] { "epoch 1/1", "%", "loss ", "characters/s", " left", "\u001b[" })
            Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WithNoColor_ShowsProgressWithoutColours()
    {
        string shown = OnATerminal("NO_COLOR=1 aphorist train tiny.txt --epochs 1 --window 30 --samples false");

        Assert.Contains(" left", shown, StringComparison.Ordinal);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*38;", shown);
    }

    [Fact]
    public void Train_OnATerminal_DrawsTheLossesOfAllEpochs()
    {
        string shown = OnATerminal("LC_ALL=C.UTF-8 aphorist train tiny.txt --epochs 2 --window 30 --samples false");

        Assert.Matches(@"loss \d\.\d{4} [▁-█]{2} \d\.\d{4}", shown);
    }

    private string OnATerminal(string line)
    {
        AphoristProcess.Result tool = AphoristProcess.RunInBash(folder.Path, "script --version");
        Assert.SkipUnless(tool.ExitCode == 0 && tool.Output.Contains("util-linux", StringComparison.Ordinal), "There is no `script` of util-linux here.");
        string call = line.Replace("aphorist", $"dotnet \"{AphoristProcess.Assembly}\"", StringComparison.Ordinal);
        return AphoristProcess.RunInBash(folder.Path, $"export TERM=xterm-256color; script -qec '{call}' /dev/null").Expect(0).Output;
    }
}
