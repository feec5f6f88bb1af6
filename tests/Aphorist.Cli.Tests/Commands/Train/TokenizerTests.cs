using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>Models of words and bytes, from training to writing.</summary>
public sealed class TokenizerTests : IDisposable
{
    private string[] Tiny => ["--epochs", "1", "--window", "5", "--hidden", "16", "--run", folder["run"]];

    private readonly TemporaryFolder folder = new();

    public TokenizerTests() => folder.Write("tiny.txt", TinyText.OfLength(3000) + "Zarathustra");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Words_TrainEvaluateInfoAndGenerate_WorkTogether()
    {
        CommandResult trained = Run(["train", folder["tiny.txt"], "--tokenizer", "words", "--lowercase", "false", .. Tiny]).Expect(0);
        Assert.Matches("tiny.txt: 3,0[0-9]{2} characters, [0-9]{3} tokens, 28 distinct[.] ", trained.Error);
        Assert.Contains("0.1 % of the tokens are words outside the vocabulary", trained.Error, StringComparison.Ordinal);
        Assert.Contains("--- temperature 1.2\n", File.ReadAllText(folder["run/samples/epoch-001.txt"]), StringComparison.Ordinal);

        JsonElement evaluation = Json("evaluate", folder["run"], folder["tiny.txt"], "--json");
        double bits = evaluation.GetProperty("nats").GetDouble() * evaluation.GetProperty("count").GetInt32() / Math.Log(2);
        Assert.InRange(evaluation.GetProperty("characters").GetInt32(), 2950, 3100);
        bits += evaluation.GetProperty("spellingBits").GetDouble();
        Assert.Equal(1, evaluation.GetProperty("unknownTokens").GetInt32());
        Assert.Equal(bits / evaluation.GetProperty("characters").GetInt32(), evaluation.GetProperty("bitsPerCharacter").GetDouble(), 1e-9);

        string info = Run("info", folder["run"]).Expect(0).Output;
        foreach (string part in new[] { "embedding of 128, LSTM(16)", "words", "most frequent first: <unknown> " })
            Assert.Contains(part, info, StringComparison.Ordinal);
        Assert.Equal("\uFFFD", Json("info", folder["run"], "--json").GetProperty("tokens")[0].GetString());

        Assert.StartsWith(
            "the cat", Run("generate", folder["run"], "--prompt", "the cat", "--length", "10", "--seed", "1").Expect(0).Output,
            StringComparison.Ordinal);
        Run(
            "generate", folder["run"], "--prompt", "the Antichrist of 7")
            .ExpectSentence(2, "'Antichrist', 'of', '7' (U+0037)", "--unknown skip");
    }

    [Fact]
    public void Bytes_TrainEvaluateInfoAndGenerate_WorkTogether()
    {
        folder.Write("tiny.txt", TinyText.OfLength(1500).Replace('a', '\u00e4'));
        Assert.Matches(
            "tiny.txt: 1,5[0-9]{2} characters, 1,[67][0-9]{2} bytes[.] ",
            Run(["train", folder["tiny.txt"], "--tokenizer", "bytes", .. Tiny]).Expect(0).Error);

        JsonElement evaluation = Json("evaluate", folder["run"], folder["tiny.txt"], "--json");
        Assert.True(evaluation.GetProperty("count").GetInt32() > evaluation.GetProperty("characters").GetInt32());

        Run("info", folder["run"]).Expect(0).ExpectOutput("the 256 bytes");
        Assert.StartsWith(
            "中国", Run("generate", folder["run"], "--prompt", "中国", "--length", "10", "--seed", "1").Expect(0).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_OtherTokenizer_IsRefused()
    {
        Run(["train", folder["tiny.txt"], "--tokenizer", "words", "--vocabulary-size", "12", "--samples", "false", .. Tiny]).Expect(0);
        Assert.Contains("\"kind\": \"words\"", File.ReadAllText(folder["run/options.json"]), StringComparison.Ordinal);

        Run("train", "--resume", folder["run"], "--tokenizer", "characters").ExpectSentence(2, "--tokenizer words, not with characters");
        Run("train", "--resume", folder["run"], "--vocabulary-size", "13").ExpectSentence(2, "--vocabulary-size 12, not with 13");
        Run("train", "--resume", folder["run"], "--epochs", "2", "--tokenizer", "words", "--samples", "false").Expect(0);
    }

    [Fact]
    public void Train_VocabularySizeWithoutWords_IsRefused() =>
        Run("train", folder["tiny.txt"], "--minimum-count", "3").ExpectSentence(2, "--minimum-count applies only with --tokenizer words");

    [Fact]
    public void Train_FewerWordsThanAWindow_SaysSo()
    {
        folder.Write("short.txt", "one two three four five six seven eight nine ten eleven twelve thirteen");
        Run("train", folder["short.txt"], "--tokenizer", "words").ExpectSentence(1, "tokens, but a window of 60", "--window");
    }

    private static CommandResult Run(params string[] call) => AphoristApp.Run(call);

    private static JsonElement Json(params string[] call) => Run(call).Expect(0).Json();
}
