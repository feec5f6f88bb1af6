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
        folder.Write("a.txt", $"{second[..42]}\u00e9");
        folder.Write("b.txt", $"\u00e9\U0001F600\n\u00e9{second[42..]}");

        JsonElement[] texts = AphoristApp.Run(
            [.. call, "--check-copying", folder["a.txt"], "--check-copying", folder["b.txt"]]).Expect(0).JsonLines();

        Assert.Equal(alone.Select(TextOf), texts.Select(TextOf));
        JsonElement copying = texts[1].GetProperty("copying");
        Assert.Equal(60, copying.GetProperty("characters").GetInt32());
        Assert.Equal(42, copying.GetProperty("copiedCharacters").GetInt32());
        Assert.Equal(42.0 / 60, copying.GetProperty("share").GetDouble());
        Assert.Equal(40, copying.GetProperty("minimumLength").GetInt32());
        JsonElement[] passages = [.. copying.GetProperty("passages").EnumerateArray()];
        Assert.Equal(second[..42], TextOf(passages[0]));
        Assert.Equal((folder["a.txt"], 0, 42, 1, 0), Place(passages[0]));
        // After a character and a line feed between the files come two characters, another line feed, and one more.
        Assert.Equal(second[42..], TextOf(passages[1]));
        Assert.Equal((folder["b.txt"], 42, 18, 2, 48), Place(passages[1]));
        Assert.True(texts[0].GetProperty("copying").GetProperty("share").GetDouble() < 0.5);
    }

    [Fact]
    public void Generate_CheckCopyingOfManyTexts_NamesTheWorst()
    {
        // A text that ends with its line is numbered as a line of the output.
        string[] call = ["generate", trained.Run, "--length", "60", "--ban", "\\n", "--stop-at", "line", "--count", "4", "--seed", "3"];
        string[] lines = AphoristApp.Run(call).Expect(0).Output.Split('\n');
        folder.Write("text.txt", $"{lines[2]}\n{lines[1][..45]}");

        CommandResult result = AphoristApp.Run(
            [.. call, "--output", folder["out.txt"], "--check-copying", folder["text.txt"]]).Expect(0);

        Assert.Equal(lines, File.ReadAllText(folder["out.txt"]).Split('\n'));
        result.ExpectError(
            "43.8 % of 240 generated characters in 4 texts", "Highest shares: line 3 (100.0 %), line 2 (75.0 %).\n",
            "characters  text    line  longest passages\n60          line 3  1     ", "\n45          line 2  2     ");
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
        // A named encoding accepts the control characters that a model of bytes generates.
        folder.Write("text.txt", Encoding.BigEndianUnicode.GetBytes(text.ToUpperInvariant()));
        string[] check = ["--check-copying", folder["text.txt"], "--encoding", "utf-16BE"];

        JsonElement copying = AphoristApp.Run([.. call, .. check]).Expect(0).Json().GetProperty("copying");

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
    public void Generate_CheckCopyingInQuietCall_WritesOnlyTheReport()
    {
        string corpus = folder.Write("text.txt", "the cat");
        string report = AphoristApp.Run("generate", trained.Run, "--check-copying", corpus, "--quiet").Expect(0).Error;
        Assert.StartsWith(
            "Copied from text.txt, compared in lower case: 0.0 % of 400 generated characters, ", report, StringComparison.Ordinal);
        Assert.Contains("\ncharacters  line  longest matches, of any length\n", report, StringComparison.Ordinal);
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
