using System.Text.Json;

namespace Aphorist.Cli.Tests;

public sealed class ValidationTextTests : IDisposable
{
    private static readonly string[] Call = ["train", "tiny.txt", "--epochs", "2", "--window", "20", "--samples", "false", "--validation-text", "held.txt"];

    private readonly TemporaryFolder folder = new();

    public ValidationTextTests()
    {
        folder.Write("tiny.txt", TinyText.OfLength(3000));
        folder.Write("held.txt", TinyText.OfLength(1000).ToUpperInvariant());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_ValidationText_IsLowercasedAndMeasuredAsEvaluateDoes()
    {
        string[] lines = AphoristProcess.Run(folder.Path, [.. Call, "--json"]).Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        double told = JsonDocument.Parse(lines[^2]).RootElement.GetProperty("validationLoss").GetDouble();
        string evaluation = AphoristProcess.Run(
            folder.Path, "evaluate", Path.Combine("runs", "tiny", "last.safetensors"), "held.txt", "--objective", "windows", "--step", "3", "--json").Expect(0).Output;

        Assert.Equal(told, JsonDocument.Parse(evaluation).RootElement.GetProperty("nats").GetDouble());
    }

    [Fact]
    public void Train_ValidationTextWithAPresetThatHoldsOut_TakesTheText()
    {
        AphoristProcess.Run(folder.Path, "train", "tiny.txt", "--preset", "char-rnn", "--batch", "4", "--epochs", "1", "--samples", "false", "--validation-text", "tiny.txt").Expect(0);

        JsonElement options = JsonDocument.Parse(File.ReadAllText(folder["runs/tiny/options.json"])).RootElement;
        Assert.Equal("tiny.txt", options.GetProperty("validationText").GetString());
        Assert.Equal(options.GetProperty("corpusSha256").GetString(), options.GetProperty("validationSha256").GetString());
        Assert.Equal(0, options.GetProperty("training").GetProperty("validationShare").GetDouble());
    }

    [Fact]
    public void Train_UnknownCharacterInTheValidationText_NamesItAndItsPlace()
    {
        folder.Write("held.txt", "the cat \u20ac");
        AphoristProcess.Run(folder.Path, Call).ExpectSentence(1, "held.txt", "'\u20ac' (U+20AC)", "character 9");
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public void Resume_ValidationTextInsteadOfAShare_NamesTheText()
    {
        AphoristProcess.Run(folder.Path, [.. Call[..^2], "--validation", "0.1"]).Expect(0);
        AphoristProcess.Run(folder.Path, "train", "--resume", "runs/tiny", "--validation-text", "held.txt").ExpectSentence(2, "--validation-text none, not with held.txt");
    }

    [Fact]
    public void Resume_ValidationTextChanged_SaysSo()
    {
        AphoristProcess.Run(folder.Path, Call).Expect(0);
        AphoristProcess.Run(folder.Path, "train", "--resume", "runs/tiny", "--epochs", "3", "--samples", "false").Expect(0);

        folder.Write("held.txt", TinyText.OfLength(1200));
        AphoristProcess.Run(folder.Path, "train", "--resume", "runs/tiny", "--epochs", "4").ExpectSentence(2, "validation text");
        AphoristProcess.Run(folder.Path, "train", "--resume", "runs/tiny", "--validation", "0.1").ExpectSentence(2, "--validation");
    }
}
