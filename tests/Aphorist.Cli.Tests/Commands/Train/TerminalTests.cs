namespace Aphorist.Cli.Tests.Commands.Train;

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
    public void Train_OnATerminal_DrawsTheLossesInAChart()
    {
        string shown = OnATerminal(
            "LC_ALL=C.UTF-8 aphorist train tiny.txt --epochs 3 --window 30 --validation 0.1 --samples false", columns: 60, rows: 16);

        Assert.Matches(@"\d\.\d{3} ┤", shown);
        Assert.Matches("[\u2801-\u28FF]", shown);
        Assert.Matches(@"epoch \d(\.\d+)? to \d(\.\d+)?", shown);
        foreach (string part in new[] { "⠒⠒ training", "⠁⠂ validation" }) Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LossesOfManyDigits_StayWithinTheChart()
    {
        string shown = OnATerminal(
            "LC_ALL=C.UTF-8 aphorist train tiny.txt --epochs 3 --window 30 --samples false --learning-rate 100 --divergence-guard false",
            columns: 60, rows: 16);

        Assert.Matches(@"\d{4} ┤", shown);
        Assert.DoesNotMatch(@"[0-9.]{7,} ┤", shown);
    }

    [Theory]
    [InlineData(20, 30)]
    [InlineData(100, 8)]
    public void Train_OnASmallTerminal_ShowsProgressWithoutAChart(int columns, int rows)
    {
        string shown = OnATerminal("LC_ALL=C.UTF-8 aphorist train tiny.txt --epochs 2 --window 30 --samples false", columns, rows);

        Assert.Contains("epoch 1/2", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("┤", shown, StringComparison.Ordinal);
        Assert.DoesNotMatch("[\u2801-\u28FF]", shown);
    }

    [Fact]
    public void Train_OnATerminalWithoutUnicode_DrawsNoLosses()
    {
        string shown = OnATerminal("LC_ALL=en_US.ISO-8859-1 aphorist train tiny.txt --epochs 2 --window 30 --samples false");

        Assert.Contains(" left", shown, StringComparison.Ordinal);
        Assert.DoesNotMatch("[▁-█\u2800-\u28FF]", shown);
    }

    [Fact]
    public void Train_QuietOnATerminal_DrawsNothing() =>
        Assert.DoesNotMatch(
            "[▁-█\u2800-\u28FF\u001b]",
            OnATerminal("LC_ALL=C.UTF-8 aphorist train tiny.txt --epochs 2 --window 30 --samples false --quiet"));

    private string OnATerminal(string line, int columns = 80, int rows = 24)
    {
        PseudoTerminal.SkipWhereMissing();
        string call = line.Replace("aphorist", $"dotnet \"{AphoristProcess.Assembly}\"", StringComparison.Ordinal);
        return AphoristProcess.RunInBash(
            folder.Path, $"export TERM=xterm-256color; script -qec 'stty cols {columns} rows {rows}; {call}' /dev/null").Expect(0).Output;
    }
}
