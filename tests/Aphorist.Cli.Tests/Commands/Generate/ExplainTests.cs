using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Generate;

/// <summary>`aphorist generate --explain`.</summary>
public sealed class ExplainTests(TrainedModel trained) : IDisposable
{
    private static readonly string[] Call = ["--prompt", "the ", "--length", "60", "--seed", "3"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Explain_Redirected_IsTheTextThatIsWrittenWithout()
    {
        CommandResult explained = AphoristApp.Run(["generate", trained.Run, "--explain", .. Call]).Expect(0);

        Assert.Equal(AphoristApp.Run(["generate", trained.Run, .. Call]).Expect(0).Output, explained.Output);
        Assert.Matches(@"^Surprisal: \d+\.\d\d bits per character\. Expected by the model: \d+\.\d\d\.\s*$", explained.Error);
    }

    [Fact]
    public void Explain_Json_IsAnObjectATokenOfTheSameText()
    {
        JsonElement[] tokens = AphoristApp.Run(["generate", trained.Run, "--explain", "--json", .. Call]).Expect(0).JsonLines();

        Assert.Equal(60, tokens.Length);
        string text = AphoristApp.Run(["generate", trained.Run, .. Call]).Expect(0).Output;
        Assert.Equal(text, "the " + string.Concat(tokens.Select(token => token.GetProperty("text").GetString())) + "\n");
        foreach (JsonElement token in tokens)
        {
            JsonElement[] alternatives = [.. token.GetProperty("alternatives").EnumerateArray()];
            double[] likely = [.. alternatives.Select(alternative => alternative.GetProperty("probability").GetDouble())];
            int[] ids = [.. alternatives.Select(alternative => alternative.GetProperty("id").GetInt32())];
            int id = token.GetProperty("id").GetInt32(), rank = token.GetProperty("rank").GetInt32();
            Assert.Equal(5, likely.Length);
            Assert.Equal(likely.OrderDescending(), likely);
            Assert.InRange(token.GetProperty("entropy").GetDouble(), 0.001, Math.Log(30));
            if (rank <= 5) Assert.Equal(Math.Exp(token.GetProperty("logProbability").GetDouble()), likely[Array.IndexOf(ids, id)], 1e-9);
            else Assert.DoesNotContain(id, ids);
        }
    }

    [Fact]
    public void Explain_OnATerminal_ColoursTheTextAndSaysWhatColoursMean()
    {
        string shown = OnATerminal("TERM=xterm-256color");
        Assert.Matches("\u001b\\[38;5;16;48;5;2\\d\\dm[a-z .]\u001b\\[0m", shown);
        Assert.Contains("surprisal in bits:", shown, StringComparison.Ordinal);
        Assert.Contains("8 and more", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NO_COLOR=1 TERM=xterm-256color")]
    [InlineData("TERM=dumb")]
    public void Explain_OnATerminalWithoutColours_IsTheText(string environment)
    {
        string shown = OnATerminal(environment);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*m", shown);
        Assert.DoesNotContain("surprisal in bits:", shown, StringComparison.Ordinal);
        Assert.Contains("the ", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_ReaderLeaves_EndsQuietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no head on Windows.");
        string lines = $"set -o pipefail; aphorist generate '{trained.Run}' --explain --seed 1 --length 1000000000 | head -c 20";
        CommandResult result = AphoristProcess.RunInBash(folder.Path, lines).Expect(0);

        Assert.Equal(20, result.Output.Length);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Explain_IntoAFile_IsRefused() =>
        AphoristApp.Run("generate", trained.Run, "--explain", "--output", folder["text.txt"]).ExpectSentence(2, "--explain", "--output");

    private string OnATerminal(string environment)
    {
        PseudoTerminal.SkipWhereMissing();
        string call = $"dotnet \"{AphoristProcess.Assembly}\" generate \"{trained.Run}\" --explain --prompt \"the \" --length 200 --seed 3";
        return AphoristProcess.RunInBash(
            folder.Path, $"unset COLORTERM; export {environment}; script -qec '{call}' /dev/null").Expect(0).Output;
    }
}
