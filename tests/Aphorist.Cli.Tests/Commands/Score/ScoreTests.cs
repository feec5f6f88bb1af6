using System.Text;
using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Score;

public sealed class ScoreTests(TrainedModel trained) : IDisposable
{
    private const string Odd = " wsrthn ctmdnu twcdhs nnmrcw htdrr wmtnc dhhsr ctwntd nsrhw rrmdt cchtn wdsnt mrh ";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Score_Json_IsTheEvaluationAndTheFirstToken()
    {
        string text = TinyText.OfLength(500);
        JsonElement all = Json(text, "score"), first = Json(text[..1], "score"), others = Json(text, "evaluate");

        Assert.Equal(text.Length, all.GetProperty("count").GetInt32());
        Assert.Equal(text.Length, all.GetProperty("characters").GetInt32());
        double nats = all.GetProperty("nats").GetDouble(), firstNats = first.GetProperty("nats").GetDouble();
        double sum = others.GetProperty("nats").GetDouble() * (text.Length - 1) + firstNats;
        Assert.Equal(sum / text.Length, nats, 1e-4);
        Assert.Equal(nats / Math.Log(2), all.GetProperty("bitsPerCharacter").GetDouble(), 1e-9);
        Assert.Equal(Math.Exp(nats), all.GetProperty("perplexity").GetDouble(), 1e-9);
        Assert.InRange(all.GetProperty("expectedBitsPerCharacter").GetDouble(), 0.01, Math.Log2(30));
        Assert.Equal(all.GetProperty("accuracy").GetDouble(), all.GetProperty("correct").GetDouble() / text.Length, 1e-12);
    }

    // The text is searched in blocks of 65536 tokens; one line continues from the first into the second, the other begins just after.
    [Theory]
    [InlineData(65_430)]
    [InlineData(65_500)]
    public void Score_OddLinesInALongText_AreItsOddestPassages(int place)
    {
        StringBuilder text = new(TinyText.OfLength(140_000));
        int[] odd = [20_000, place, 120_000];
        foreach (int start in odd) text.Remove(start, Odd.Length).Insert(start, Odd);
        JsonElement[] passages = [.. Json(text.ToString(), "score", "--passages", "3").GetProperty("passages").EnumerateArray()];

        // Each begins with a word near the beginning of the odd text, and has most of it.
        foreach ((int start, int found) in odd.Zip(passages.Select(FirstOf).Order())) Assert.InRange(found, start - 10, start + 25);
        double[] bits = [.. passages.Select(passage => passage.GetProperty("bitsPerCharacter").GetDouble())];
        Assert.Equal(bits.OrderDescending(), bits);
    }

    [Fact]
    public void Score_AnyText_TellsPassagesThatDoNotOverlap()
    {
        string text = TinyText.OfLength(2000);
        JsonElement[] passages = [.. Json(text, "score", "--passages", "10").GetProperty("passages").EnumerateArray()];

        Assert.Equal(10, passages.Length);
        int end = 0;
        foreach (JsonElement passage in passages.OrderBy(FirstOf))
        {
            int length = passage.GetProperty("tokens").GetInt32();
            Assert.InRange(FirstOf(passage), end, text.Length - length);
            Assert.InRange(length, 80, 90);
            Assert.Equal(text.Substring(FirstOf(passage), length), passage.GetProperty("text").GetString());
            Assert.Equal(1 + text[..FirstOf(passage)].Count(character => character == '\n'), passage.GetProperty("line").GetInt32());
            end = FirstOf(passage) + length;
        }
    }

    [Fact]
    public void Score_ForPeople_IsATableAndThePassages()
    {
        string output = AphoristApp.RunWith(TinyText.OfLength(300), "score", trained.Run, "-", "--passages", "2").Expect(0).Output;

        foreach (string part in new[] { "bits per character", "expected", "perplexity", "most surprising passages" })
            Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "surprising",
            AphoristApp.RunWith("the cat", "score", trained.Run, "-", "--passages", "0").Expect(0).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Score_ShortText_IsOnePassage()
    {
        JsonElement passage = Assert.Single(Json("the cat sat", "score").GetProperty("passages").EnumerateArray());
        Assert.Equal("the cat sat", passage.GetProperty("text").GetString());
    }

    [Fact]
    public void Score_ReaderLeaves_EndsQuietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no head on Windows.");
        folder.Write("text.txt", TinyText.OfLength(500));
        CommandResult result = AphoristProcess.RunInBash(
            folder.Path, $"set -o pipefail; aphorist score '{trained.Run}' text.txt | head -c 6").Expect(0);

        Assert.Equal("tokens", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Score_WithoutAText_AsksForOne() => AphoristApp.Run("score", trained.Run).ExpectSentence(2, "FILE");

    [Fact]
    public void Score_LengthWithoutAPage_SaysSo() =>
        AphoristApp.Run("score", trained.Run, "aphorisms", "--length", "5").ExpectSentence(2, "--length", "--output");

    [Fact]
    public void Score_UnknownCharacter_IsNamed() =>
        AphoristApp.RunWith("the cat €", "score", trained.Run, "-").ExpectSentence(1, "'€' (U+20AC)", "character 9");

    [Fact]
    public void Score_EmptyText_SaysSo() => AphoristApp.RunWith("", "score", trained.Run, "-").ExpectSentence(1, "standard input");

    [Fact]
    public void Score_BinaryFile_SaysSo() => AphoristApp.Run(
        "score", trained.Run,
        folder.Write("program.bin", [.. Enumerable.Range(0, 4000).Select(value => (byte)(value % 7))]))
        .ExpectSentence(1, "program.bin", "binary");

    [Fact]
    public void Score_NoSuchModel_SaysSo() =>
        AphoristApp.Run("score", folder["nothing.safetensors"], "aphorisms").ExpectSentence(1, "nothing.safetensors");

    private static int FirstOf(JsonElement passage) => passage.GetProperty("firstToken").GetInt32();

    private JsonElement Json(string text, string command, params string[] options)
    {
        return AphoristApp.RunWith(text, [command, trained.Run, "-", "--json", .. options]).Expect(0).Json();
    }
}
