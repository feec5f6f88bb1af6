using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Train;

public sealed class ValidationTextTests : IDisposable
{
    private string[] Call =>
    [
        "train", folder["tiny.txt"], "--preset", "notebook", "--epochs", "2", "--window", "20", "--samples", "false", "--run",
        folder["run"], "--validation-text", folder["held.txt"],
    ];

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
        string[] lines = AphoristApp.Run([.. Call, "--json"]).Expect(0).Lines();
        double told = JsonDocument.Parse(lines[^2]).RootElement.GetProperty("validationLoss").GetDouble();
        string evaluation = AphoristApp.Run(
            "evaluate", folder["run/last.safetensors"], folder["held.txt"], "--objective", "windows", "--step", "3",
            "--json").Expect(0).Output;

        Assert.Equal(told, JsonDocument.Parse(evaluation).RootElement.GetProperty("nats").GetDouble());
    }

    [Fact]
    public void Train_ValidationTextWithAPresetThatHoldsOut_TakesTheText()
    {
        AphoristApp.Run(
            "train", folder["tiny.txt"], "--run", folder["run"], "--preset", "char-rnn", "--batch", "4", "--epochs", "1", "--samples",
            "false", "--validation-text", folder["tiny.txt"]).Expect(0);

        JsonElement options = JsonDocument.Parse(File.ReadAllText(folder["run/options.json"])).RootElement;
        Assert.Equal(folder["tiny.txt"], options.GetProperty("validationText").GetString());
        Assert.Equal(options.GetProperty("corpusSha256").GetString(), options.GetProperty("validationSha256").GetString());
        Assert.Equal(0, options.GetProperty("training").GetProperty("validationShare").GetDouble());
    }

    [Fact]
    public void Train_UnknownCharacterInTheValidationText_NamesItAndItsPlace()
    {
        folder.Write("held.txt", "the cat \u20ac");
        AphoristApp.Run(Call).ExpectSentence(1, "held.txt", "'\u20ac' (U+20AC)", "character 9");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Resume_ValidationTextInsteadOfAShare_NamesTheText()
    {
        AphoristApp.Run([.. Call[..^2], "--validation", "0.1"]).Expect(0);
        AphoristApp.Run(
            "train", "--resume", folder["run"], "--validation-text", folder["held.txt"])
            .ExpectSentence(2, $"--validation-text none, not with {folder["held.txt"]}");
    }

    [Fact]
    public void Resume_ValidationTextChanged_SaysSo()
    {
        AphoristApp.Run(Call).Expect(0);
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "3", "--samples", "false").Expect(0);

        folder.Write("held.txt", TinyText.OfLength(1200));
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "4").ExpectSentence(2, "validation text");
        AphoristApp.Run("train", "--resume", folder["run"], "--validation", "0.1").ExpectSentence(2, "--validation");
    }
}
