using System.Text;
using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Generate;

/// <summary>The comparison of generated texts with a corpus.</summary>
public sealed class CheckCopyingTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Generate_CheckCopying_ReportsOnStandardErrorAndLeavesTheText()
    {
        string[] call = ["generate", trained.Run, "--prompt", "the ", "--length", "80", "--seed", "3"];
        string alone = AphoristApp.Run(call).Expect(0).Output, generated = alone[4..^1];
        folder.Write("text.txt", $"0\n1\n{generated[..50]}23");

        CommandResult result = AphoristApp.Run([.. call, "--check-copying", folder["text.txt"]]).Expect(0);

        Assert.Equal(alone, result.Output);
        result.ExpectError(
            "Copied from text.txt", "62.5 % of 80 generated characters, in passages of at least", "characters  line  longest passages",
            $"50          3     {generated[..50].Trim().Replace("\n", "\\n", StringComparison.Ordinal)}\n");
    }

    [Fact]
    public void Generate_CheckCopyingJson_HasTheResultOfEachText()
    {
        string[] call = ["generate", trained.Run, "--length", "60", "--count", "3", "--seed", "3", "--json"];
        JsonElement[] alone = AphoristApp.Run(call).Expect(0).JsonLines();
        string second = TextOf(alone[1]);
        folder.Write("a.txt", second[..40]);
        folder.Write("b.txt", $"\u00e9\U0001F600\n{second[40..]}");

        JsonElement[] texts = AphoristApp.Run(
            [.. call, "--check-copying", folder["a.txt"], "--check-copying", folder["b.txt"]]).Expect(0).JsonLines();

        Assert.Equal(alone.Select(TextOf), texts.Select(TextOf));
        JsonElement copying = texts[1].GetProperty("copying");
        Assert.Equal(60, copying.GetProperty("characters").GetInt32());
        Assert.Equal(40, copying.GetProperty("copiedCharacters").GetInt32());
        Assert.Equal(40.0 / 60, copying.GetProperty("share").GetDouble());
        JsonElement[] passages = [.. copying.GetProperty("passages").EnumerateArray()];
        Assert.Equal(second[..40], TextOf(passages[0]));
        Assert.Equal((folder["a.txt"], 0, 40, 1, 0), Place(passages[0]));
        // After a line feed between the files, two characters and another line feed.
        JsonElement rest = Assert.Single(passages, passage => TextOf(passage) == second[40..]);
        Assert.Equal((folder["b.txt"], 40, 20, 2, 44), Place(rest));
        Assert.True(texts[0].GetProperty("copying").GetProperty("share").GetDouble() < 0.5);
    }

    [Fact]
    public void Generate_CheckCopyingOfManyTexts_NamesTheWorst()
    {
        string[] call = ["generate", trained.Run, "--length", "60", "--count", "4", "--seed", "3", "--quiet"];
        string[] lines = AphoristApp.Run([.. call, "--stop-at", "line"]).Expect(0).Output.Split('\n');
        int longest = Array.IndexOf(lines, lines.MaxBy(line => line.Length));
        folder.Write("text.txt", lines[longest]);

        CommandResult result = AphoristApp.Run(
            [.. call[..^1], "--stop-at", "line", "--output", folder["out.txt"], "--check-copying", folder["text.txt"]]).Expect(0);

        Assert.Equal(lines, File.ReadAllText(folder["out.txt"]).Split('\n'));
        result.ExpectError(
            " generated characters in 4 texts", $"Highest shares: line {longest + 1} (100.0 %)",
            "characters  text    line  longest passages", $"{lines[longest].Length}          line {longest + 1}");
    }

    [Fact]
    public void Generate_CheckCopyingWithPromptOfTheCorpus_DoesNotCountThePrompt()
    {
        string prompt = TinyText.OfLength(200);
        JsonElement text = AphoristApp.RunWith(
            prompt, "generate", trained.Run, "--prompt", prompt, "--length", "0", "--check-copying", "-", "--json").Expect(0).Json();
        Assert.Equal(0, text.GetProperty("copying").GetProperty("characters").GetInt32());
        Assert.Equal(0, text.GetProperty("copying").GetProperty("share").GetDouble());
    }

    [Theory]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    [InlineData(TokenizerKind.Characters)]
    public void Generate_CheckCopyingOfAnyLowercaseModel_ComparesInLowerCase(TokenizerKind kind)
    {
        Corpus corpus = Corpus.FromText("the cat sat on the mat and saw the hen. ", normalization: new(Lowercase: true));
        string model = folder["model.safetensors"];
        Tokenizer tokenizer = Tokenizer.Create(corpus, new() { Kind = kind, MinimumCount = 1 });
        LanguageModel.Create(new() { HiddenSize = 6, Window = 4 }, tokenizer, seed: 1).Save(model);
        string[] call = ["generate", model, "--length", "70", "--seed", "1", "--json"];
        string text = TextOf(AphoristApp.Run(call).Expect(0).Json());
        folder.Write("text.txt", Encoding.Latin1.GetBytes($"\u00c9{text.ToUpperInvariant()}"));

        string[] check = ["--check-copying", folder["text.txt"], "--encoding", "windows-1252"];
        if (kind == TokenizerKind.Bytes) folder.Write("text.txt", text.ToUpperInvariant());
        JsonElement copying = AphoristApp.Run([.. call, .. kind == TokenizerKind.Bytes ? check[..2] : check])
            .Expect(0).Json().GetProperty("copying");

        Assert.Equal(1, copying.GetProperty("share").GetDouble());
        AphoristApp.Run([.. call[..^1], .. check]).Expect(0).ExpectError("text.txt, compared in lower case: ");
    }

    [Fact]
    public void Generate_CheckCopyingWithMissingCorpus_FailsBeforeTheText() =>
        AphoristApp.Run("generate", trained.Run, "--check-copying", folder["none.txt"]).ExpectSentence(1, "There is no file");

    [Fact]
    public void Generate_CheckCopyingOverItsCorpus_IsRefused()
    {
        string corpus = folder.Write("text.txt", "the cat");
        AphoristApp.Run("generate", trained.Run, "--check-copying", corpus, "--output", corpus).ExpectSentence(2, "the corpus itself");
        Assert.Equal("the cat", File.ReadAllText(corpus));
    }

    [Fact]
    public void Generate_CheckCopyingInQuietCall_WritesNothingElse()
    {
        string corpus = folder.Write("text.txt", "the cat");
        Assert.Equal("", AphoristApp.Run("generate", trained.Run, "--check-copying", corpus, "--quiet").Expect(0).Error);
    }

    [Theory]
    [InlineData("both read standard input", "--prompt", "-", "--check-copying", "-")]
    [InlineData("both read standard input", "--passage", "-", "--check-copying", "-")]
    [InlineData("shows single tokens", "--explain", "--check-copying", "fables")]
    public void Generate_CheckCopyingWithOptionsThatExcludeIt_IsRefused(string said, params string[] options) =>
        AphoristApp.Run(["generate", trained.Run, .. options]).ExpectSentence(2, said);

    private static string TextOf(JsonElement element) => element.GetProperty("text").GetString()!;

    private static (string? Source, int Start, int Length, int Line, int Position) Place(JsonElement passage) => (
        passage.GetProperty("source").GetString(), passage.GetProperty("start").GetInt32(), passage.GetProperty("length").GetInt32(),
        passage.GetProperty("line").GetInt32(), passage.GetProperty("position").GetInt32());
}
