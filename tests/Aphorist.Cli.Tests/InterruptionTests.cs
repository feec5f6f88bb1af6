
namespace Aphorist.Cli.Tests;

public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public InterruptionTests() => folder.Write("tiny.txt", TinyText.OfLength(20_000));

    public void Dispose() => folder.Dispose();

    private static readonly string[] Call = ["train", "tiny.txt", "--epochs", "4", "--window", "30", "--samples", "false", "--checkpoint-interval", "0.05", "--run"];

    [Fact]
    public void Train_Interrupted_SaysHowToResumeAndEndsAsIfUninterrupted()
    {
        Signal.SkipUnlessHeard("INT");
        using (AphoristProcess process = AphoristProcess.Start(folder.Path, null, [.. Call, "run"]))
        {
            process.WaitUntil(() => File.Exists(folder["run/checkpoint.safetensors"]));
            process.Interrupt();
            AphoristProcess.Result result = process.Wait().Expect(130);
            Assert.Contains("aphorist train --resume run", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }

        AphoristProcess.Run(folder.Path, "train", "--resume", "run", "--samples", "false").Expect(0);

        EqualsUninterrupted();
    }

    [Fact]
    public void Train_Killed_ResumesAndEndsAsIfUninterrupted()
    {
        for (int kill = 0; kill < 3; kill++)
        {
            string[] call = kill == 0 ? [.. Call, "run"] : ["train", "--resume", "run", "--samples", "false"];
            using AphoristProcess process = AphoristProcess.Start(folder.Path, null, call);
            DateTime before = kill == 0 ? DateTime.MinValue : File.GetLastWriteTimeUtc(folder["run/checkpoint.safetensors"]);
            process.WaitUntil(() => File.Exists(folder["run/checkpoint.safetensors"]) && File.GetLastWriteTimeUtc(folder["run/checkpoint.safetensors"]) > before);
            process.Kill();
            process.Wait();
        }

        AphoristProcess.Run(folder.Path, "train", "--resume", "run", "--samples", "false").Expect(0);

        EqualsUninterrupted();
    }

    [Fact]
    public void Train_IntoAFolderInUse_SaysSo()
    {
        using AphoristProcess first = AphoristProcess.Start(folder.Path, null, [.. Call.Select(word => word == "4" ? "1000" : word), "run"]);
        first.WaitUntil(() => File.Exists(folder["run/checkpoint.safetensors"]));

        AphoristProcess.Run(folder.Path, [.. Call, "run"]).ExpectSentence(1, "run", "Another process");
        AphoristProcess.Run(folder.Path, "train", "--resume", "run").ExpectSentence(1, "run", "Another process");
        first.Kill();
    }

    [Fact]
    public void Train_IntoAFolderThatHoldsARun_PointsToResume()
    {
        AphoristProcess.Run(folder.Path, [.. Call, "run"]).Expect(0);
        AphoristProcess.Run(folder.Path, [.. Call, "run"]).ExpectSentence(1, "run", "--resume");
    }

    [Fact]
    public void Resume_WithOtherOptionsOrCorpus_SaysWhich()
    {
        AphoristProcess.Run(folder.Path, [.. Call, "run"]).Expect(0);

        AphoristProcess.Run(folder.Path, "train", "--resume", "run", "--seed", "5").ExpectSentence(2, "--seed");
        AphoristProcess.Run(folder.Path, "train", "--resume", "run", "--window", "40").ExpectSentence(2, "--window");
        folder.Write("tiny.txt", TinyText.OfLength(21_000));
        AphoristProcess.Run(folder.Path, "train", "--resume", "run").ExpectSentence(2, "corpus");
    }

    [Fact]
    public void Resume_NoRunThere_SaysSo() => AphoristProcess.Run(folder.Path, "train", "--resume", "nowhere").ExpectSentence(1, "nowhere");

    private void EqualsUninterrupted()
    {
        AphoristProcess.Run(folder.Path, [.. Call, "whole"]).Expect(0);
        foreach (string name in new[] { "model.safetensors", "last.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"whole/{name}"]), File.ReadAllBytes(folder[$"run/{name}"]));
    }
}
