using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Generate;

/// <summary>Several texts from one call.</summary>
public sealed class GenerateManyTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Generate_Count_WritesWhatSingleCallsWrite()
    {
        string[] call = ["generate", trained.Run, "--prompt", "the ", "--length", "20"];
        JsonElement[] texts = AphoristApp.Run([.. call, "--seed", "7", "--count", "3", "--json"]).Expect(0).JsonLines();

        Assert.Equal(3, texts.Length);
        foreach ((int number, JsonElement text) in texts.Index())
        {
            string seed = text.GetProperty("seed").GetUInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal($"{7 + number}", seed);
            string alone = AphoristApp.Run([.. call, "--seed", seed]).Expect(0).Output;
            Assert.Equal(alone, $"the {text.GetProperty("text").GetString()}\n");
        }
    }

    [Fact]
    public void Generate_UniqueTexts_DifferAndKeepTheirLengths()
    {
        AphoristApp.Run(
            "generate", trained.Run, "--prompt", " ", "--stop", " ", "--minimum-length", "2", "--length", "6", "--count", "300", "--unique",
            "--ban", "\\n", "--seed", "1", "--output", folder["lines.txt"])
            .Expect(0);

        string[] lines = [.. File.ReadAllLines(folder["lines.txt"]).Where(line => !line.StartsWith("--- text", StringComparison.Ordinal))];
        Assert.Equal(300, lines.Distinct().Count());
        Assert.All(lines, line => Assert.InRange(line.Length, 2, 6));
    }

    [Fact]
    public void Generate_MoreUniqueTextsThanThereAre_SaysHowManyCameAndLeavesThePreviousFile()
    {
        folder.Write("few.txt", "previous");
        AphoristApp.Run(
                "generate", trained.Run, "--length", "1", "--count", "1000", "--unique", "--seed", "1",
                "--output", folder["few.txt"])
            .ExpectSentence(1, "different texts were found in");
        Assert.Equal("previous", File.ReadAllText(folder["few.txt"]));
        Assert.Equal(["few.txt"], folder.FileNames());
    }

    [Fact]
    public void Generate_SeveralTemperatures_AreTitledAndBeginAlike()
    {
        string[] call = ["generate", trained.Run, "--prompt", "the cat ", "--length", "30", "--seed", "1", "--temperature"];
        string output = AphoristApp.Run([.. call, "0,0.5,1.2"]).Expect(0).Output;

        Assert.Equal(
            ["--- temperature 0", "--- temperature 0.5", "--- temperature 1.2"],
            output.Split('\n').Where(line => line.StartsWith("---", StringComparison.Ordinal)));
        string bold = AphoristApp.Run([.. call, "1.2"]).Expect(0).Output;
        Assert.EndsWith($"--- temperature 1.2\n{bold}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Beams_FindsTheMostLikelyFirst()
    {
        string[] call = ["generate", trained.Run, "--prompt", "the ", "--length", "12", "--beams", "6", "--best", "4", "--json"];
        CommandResult result = AphoristApp.Run(call).Expect(0);

        double[] probabilities = [.. result.JsonLines().Select(text => text.GetProperty("logProbability").GetDouble())];
        Assert.Equal(4, probabilities.Length);
        Assert.Equal(probabilities.OrderDescending(), probabilities);
        // Found without drawing, so without a seed.
        Assert.Equal(result.Output, AphoristApp.Run(call).Expect(0).Output);
    }

    [Fact]
    public void Generate_PromptFileAndPassage_AreContinued()
    {
        File.WriteAllText(folder["prompt.txt"], "the hen\n");
        string text = AphoristApp.Run(
            "generate", trained.Run, "--prompt-file", folder["prompt.txt"], "--length", "5", "--quiet").Expect(0).Output;
        Assert.StartsWith("the hen", text, StringComparison.Ordinal);
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("the cat and the hen ", 20)));
        string passage = AphoristApp.Run(
            "generate", trained.Run, "--passage", folder["text.txt"], "--length", "0", "--seed", "2").Expect(0).Output;
        Assert.Contains(passage.TrimEnd('\n'), File.ReadAllText(folder["text.txt"]), StringComparison.Ordinal);
        Assert.True(passage.Length > 5);
    }

    [Fact]
    public void Generate_BannedCharacter_IsNotWritten() => Assert.DoesNotContain(
        'e', AphoristApp.Run("generate", trained.Run, "--ban", "e", "--bias", "h=1.5", "--length", "300", "--seed", "1").Expect(0).Output);

    [Theory]
    [InlineData("always takes the most likely token", "--top-k", "3", "--temperature", "0")]
    [InlineData("both set the temperature", "--cycle", "1,2", "--temperature", "1")]
    [InlineData("both set the temperature", "--cycle", "1,2", "--ramp", "1,2")]
    [InlineData("2 numbers", "--ramp", "1")]
    [InlineData("--top-k is 100000", "--top-k", "100000")]
    [InlineData("--ban names", "--ban", "the cat")]
    [InlineData("--bias names", "--bias", "\u20ac=1")]
    [InlineData("such as \"e=-2\"", "--bias", "e")]
    [InlineData("twice", "--bias", "e=1", "--bias", "e=2")]
    [InlineData("cannot occur", "--stop", "\u20ac")]
    [InlineData("--minimum-length 500 is greater", "--stop", "e", "--minimum-length", "500")]
    [InlineData("add one of them", "--minimum-length", "5")]
    [InlineData("1 or more", "--count", "0")]
    [InlineData("same text every time", "--count", "2", "--temperature", "0")]
    [InlineData("single temperature", "--count", "2", "--temperature", "0.5,1")]
    [InlineData("add --count", "--unique")]
    [InlineData("add --beams", "--best", "2")]
    [InlineData("does not sample", "--beams", "2", "--top-p", "0.5")]
    [InlineData("--mode window", "--beams", "2", "--mode", "window")]
    [InlineData("without a penalty", "--penalty-window", "9")]
    [InlineData("both give a prompt", "--prompt", "a", "--prompt-file", "b")]
    public void Generate_ContradictoryOptions_AreRefusedInASentence(string said, params string[] options)
    {
        CommandResult result = AphoristApp.Run(["generate", trained.Run, .. options]);
        result.ExpectSentence(2, said);
        Assert.Equal("", result.Output);
    }
}
