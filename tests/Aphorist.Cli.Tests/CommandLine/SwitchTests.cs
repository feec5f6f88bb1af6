using System.Text.Json;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>Options whose value is true or false, which may be left out.</summary>
public sealed class SwitchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string text;

    public SwitchTests() => text = folder.Write("mine.txt", TinyText.OfLength(2000));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true, "--tied TEXT")]
    [InlineData(true, "TEXT --tied")]
    [InlineData(true, "TEXT --tied --hidden 4")]
    [InlineData(true, "TEXT --tied true")]
    [InlineData(true, "TEXT --tied=True")]
    [InlineData(true, "TEXT --tied false --tied")]
    [InlineData(true, "--tied -- TEXT")]
    [InlineData(false, "--tied false TEXT")]
    [InlineData(false, "TEXT --tied=false")]
    [InlineData(false, "TEXT --tied --tied FALSE")]
    public void Switch_WithAndWithoutItsValue_IsReadAsMeant(bool expected, string words)
    {
        string[] call = [.. words.Split(' ').Select(word => word == "TEXT" ? text : word)];
        string[] options = ["--epochs", "1", "--hidden", "4", "--window", "8", "--samples", "false", "--run", folder["run"]];
        AphoristApp.Run(["train", .. options, .. call]).Expect(0);

        JsonElement written = JsonDocument.Parse(File.ReadAllBytes(folder["run/options.json"])).RootElement;
        Assert.Equal(text, Assert.Single(written.GetProperty("corpus").EnumerateArray()).GetString());
        Assert.Equal(expected, written.GetProperty("model").GetProperty("tiedEmbedding").GetBoolean());
    }

    [Theory]
    [InlineData("--lowercase=maybe")]
    [InlineData("--lowercase yes", "TEXT")]
    [InlineData("--lowercase 0", "TEXT")]
    [InlineData("--lowercase=1", "TEXT")]
    public void Switch_WithAnotherValue_IsAWrongCall(string words, params string[] more) =>
        AphoristApp.Run(["train", .. words.Split(' '), .. more]).ExpectSentence(2, "--lowercase takes true or false", $"'{words[12..]}'");

    [Fact]
    public void Switch_BeforeAWordThatIsNoValue_TakesItForAText() =>
        AphoristApp.Run("train", "--lowercase", "maybe").ExpectSentence(1, "'maybe'");

    [Fact]
    public void Switch_InHelp_ShowsThatItsValueMayBeLeftOut() =>
        AphoristApp.Run("train", "--help").Expect(0).ExpectOutput("--tied [true|false]", "--hidden <n>");

    [Theory]
    [InlineData("aphorist train --tied --hid", "--hidden")]
    [InlineData("aphorist train --lowercase --gates=ha", "--gates=hard-sigmoid")]
    [InlineData("aphorist train --tied ", "false")]
    public void Suggest_AfterASwitch_OffersWhatFits(string line, string expected) =>
        Assert.Contains(expected, AphoristApp.Run($"[suggest:{line.Length}]", line).Expect(0).Output.Split('\n'));
}
