using Aphorist.Training;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>Resuming with the printed call: from any folder, without the text, and with files missing.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ResumeTests() => folder.Write("tiny.txt", TinyText.OfLength(3000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Resume_CheckpointMissing_KeepsTheModelAndNamesTheWaysOut()
    {
        AphoristApp.Run(Call(folder["tiny.txt"])).Expect(0);
        byte[] model = File.ReadAllBytes(folder["run/model.safetensors"]);
        File.Delete(folder["run/checkpoint.safetensors"]);

        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "3")
            .ExpectSentence(1, "checkpoint is missing", $"--from {folder["run"]} --run");

        Assert.Equal(model, File.ReadAllBytes(folder["run/model.safetensors"]));
        Assert.Equal(1, TrainingRun.Open(folder["run"]).Options.Training.Epochs);
    }

    [Fact]
    public void Resume_FromAnotherFolder_FindsTheText()
    {
        AphoristProcess.Run(folder.Path, Call("tiny.txt")).Expect(0);
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "2").Expect(0);
    }

    [Fact]
    public void Resume_TextFromStandardInput_ReadsItsCopy()
    {
        AphoristApp.RunWith(TinyText.OfLength(3000), Call("-")).Expect(0).ExpectError(folder["run/standard-input.txt"]);
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "2").Expect(0).ExpectOutput("epoch 2/2");
    }

    [Theory]
    [InlineData("<(cat tiny.txt)", "")]
    [InlineData("/dev/stdin", "< tiny.txt")]
    [InlineData("<(cat tiny.txt) tiny.txt", "")]
    public void Resume_TextFromAPipe_ReadsItsCopy(string text, string input)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        string run = $"aphorist train {text} --epochs 1 --window 20 --hidden 16 --samples false --run run {input}";
        AphoristProcess.RunInBash(folder.Path, run).Expect(0).ExpectError("standard-input.txt");
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "2").Expect(0).ExpectOutput("epoch 2/2");
    }

    [Fact]
    public void Resume_RunWithoutSamples_GeneratesNoneUnlessAsked()
    {
        AphoristApp.Run(Call(folder["tiny.txt"])).Expect(0);
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "2").Expect(0);
        Assert.False(Directory.Exists(folder["run/samples"]));
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "3", "--samples", "true").Expect(0);
        Assert.True(File.Exists(folder["run/samples/epoch-003.txt"]));
    }

    private string[] Call(string text) =>
        ["train", text, "--epochs", "1", "--window", "20", "--hidden", "16", "--samples", "false", "--run", folder["run"]];
}
