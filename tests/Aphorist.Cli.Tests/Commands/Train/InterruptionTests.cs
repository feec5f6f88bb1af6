namespace Aphorist.Cli.Tests.Commands.Train;

public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public InterruptionTests() => folder.Write("tiny.txt", TinyText.OfLength(20_000));

    public void Dispose() => folder.Dispose();

    private string[] Call => ["train", folder["tiny.txt"], "--epochs", "4", "--window", "30", "--samples", "false", "--checkpoint-interval", "0.05", "--run"];

    [Fact]
    public void Train_Interrupted_SaysHowToResumeAndEndsAsIfUninterrupted()
    {
        Signal.SkipUnlessHeard("INT");
        using (AphoristProcess process = AphoristProcess.Start(folder.Path, null, [.. Call, folder["run"]]))
        {
            process.WaitUntil(() => File.Exists(folder["run/checkpoint.safetensors"]));
            process.Interrupt();
            CommandResult result = process.Wait().Expect(130);
            Assert.Contains($"aphorist train --resume {folder["run"]}", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }

        AphoristApp.Run("train", "--resume", folder["run"], "--samples", "false").Expect(0);

        EqualsUninterrupted();
    }

    [Fact]
    public void Train_Killed_ResumesAndEndsAsIfUninterrupted()
    {
        for (int kill = 0; kill < 3; kill++)
        {
            string[] call = kill == 0 ? [.. Call, folder["run"]] : ["train", "--resume", folder["run"], "--samples", "false"];
            using AphoristProcess process = AphoristProcess.Start(folder.Path, null, call);
            DateTime before = kill == 0 ? DateTime.MinValue : File.GetLastWriteTimeUtc(folder["run/checkpoint.safetensors"]);
            process.WaitUntil(() => File.Exists(folder["run/checkpoint.safetensors"]) && File.GetLastWriteTimeUtc(folder["run/checkpoint.safetensors"]) > before);
            process.Kill();
            process.Wait();
        }

        AphoristApp.Run("train", "--resume", folder["run"], "--samples", "false").Expect(0);

        EqualsUninterrupted();
    }

    [Fact]
    public void Train_IntoAFolderInUse_SaysSo()
    {
        using AphoristProcess first = AphoristProcess.Start(folder.Path, null, [.. Call.Select(word => word == "4" ? "1000" : word), folder["run"]]);
        first.WaitUntil(() => File.Exists(folder["run/checkpoint.safetensors"]));

        AphoristApp.Run([.. Call, folder["run"]]).ExpectSentence(1, "run", "Another process");
        AphoristApp.Run("train", "--resume", folder["run"]).ExpectSentence(1, "run", "Another process");
        first.Kill();
    }

    [Fact]
    public void Train_IntoAFolderThatHoldsARun_PointsToResume()
    {
        AphoristApp.Run([.. Call, folder["run"]]).Expect(0);
        AphoristApp.Run([.. Call, folder["run"]]).ExpectSentence(1, "run", "--resume");
    }

    [Fact]
    public void Resume_WithOtherOptionsOrCorpus_SaysWhich()
    {
        AphoristApp.Run([.. Call, folder["run"]]).Expect(0);

        AphoristApp.Run("train", "--resume", folder["run"], "--seed", "5").ExpectSentence(2, "--seed");
        AphoristApp.Run("train", "--resume", folder["run"], "--window", "40").ExpectSentence(2, "--window");
        folder.Write("tiny.txt", TinyText.OfLength(21_000));
        AphoristApp.Run("train", "--resume", folder["run"]).ExpectSentence(2, "corpus");
    }

    [Fact]
    public void Resume_NoRunThere_SaysSo() => AphoristApp.Run("train", "--resume", folder["nowhere"]).ExpectSentence(1, "nowhere");

    private void EqualsUninterrupted()
    {
        AphoristApp.Run([.. Call, folder["whole"]]).Expect(0);
        foreach (string name in new[] { "model.safetensors", "last.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"whole/{name}"]), File.ReadAllBytes(folder[$"run/{name}"]));
    }
}
