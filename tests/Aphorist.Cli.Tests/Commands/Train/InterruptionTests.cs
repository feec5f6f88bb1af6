using System.Globalization;
using Aphorist.Training;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>Runs that are interrupted, killed, in use or resumed with other options.</summary>
public sealed class InterruptionTests : IDisposable
{
    // A run of this many epochs is never complete before a test stops it.
    private const string Endless = "1000000";

    private readonly TemporaryFolder folder = new();

    public InterruptionTests() => folder.Write("tiny.txt", TinyText.OfLength(3000));

    public void Dispose() => folder.Dispose();

    private string Checkpoint => folder["run/checkpoint.safetensors"];

    [Fact]
    public void Train_Interrupted_SaysHowToResumeAndEndsAsIfUninterrupted()
    {
        Signal.SkipUnlessHeard("INT");
        using (AphoristProcess process = AphoristProcess.Start(folder.Path, null, Call("run", Endless)))
        {
            process.WaitUntil(() => File.Exists(Checkpoint));
            process.Interrupt();
            CommandResult result = process.Wait().Expect(130);
            Assert.Contains($"aphorist train --resume {folder["run"]}", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }

        ResumesAsIfUninterrupted();
    }

    [Fact]
    public void Train_InterruptedInASlowBatch_StopsWithinIt()
    {
        Signal.SkipUnlessHeard("INT");
        using AphoristProcess process = AphoristProcess.Start(folder.Path, null, SlowCall);
        process.WaitUntil(() => File.Exists(Checkpoint));
        process.Interrupt();
        CommandResult result = process.Wait().Expect(130);
        Assert.Contains($"aphorist train --resume {folder["run"]}", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, TrainingRun.Open(folder["run"]).ReadStatus().Seconds);
    }

    [Fact]
    public void Train_InterruptedInTheFirstEpoch_LeavesAModel()
    {
        Signal.SkipUnlessHeard("INT");
        using AphoristProcess process = AphoristProcess.Start(folder.Path, null, LongEpochCall);
        process.WaitUntil(() => File.Exists(folder["run/last.safetensors"]));
        process.Interrupt();
        CommandResult result = process.Wait().Expect(130);

        Assert.EndsWith($"\nGenerate text with: aphorist generate {folder["run"]}\n", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["run/model.safetensors"]));
        CommandResult text = AphoristApp.Run("generate", folder["run"], "--length", "20", "--seed", "1").Expect(0);
        Assert.Equal("", text.Error);
    }

    [Fact]
    public void Train_InterruptedTwiceOnATerminal_EndsAtOnceAndShowsTheCursor()
    {
        Signal.SkipUnlessHeard("INT");
        PseudoTerminal.SkipWhereMissing();
        // With job control, so that the command in the background hears the signals.
        folder.Write(
            "twice.sh",
            $$"""
            set -m
            stty cols 80 rows 24
            dotnet '{{AphoristProcess.Assembly}}' {{string.Join(' ', SlowCall)}} & child=$!
            until [ -e run/checkpoint.safetensors ]; do sleep 0.1; done
            sleep 1.5
            kill -INT $child; sleep 0.15; kill -INT $child
            wait $child; echo "code $?"
            """);
        string shown = AphoristProcess.RunInBash(
            folder.Path, "export TERM=xterm-256color LC_ALL=C.UTF-8; script -qec 'bash twice.sh' /dev/null").Output;

        Assert.Contains("code 130", shown, StringComparison.Ordinal);
        Assert.Contains("batch 1/", shown, StringComparison.Ordinal);
        int hidden = shown.LastIndexOf("\u001b[?25l", StringComparison.Ordinal);
        Assert.True(shown.IndexOf("\u001b[?25h", Math.Max(hidden, 0), StringComparison.Ordinal) > 0, shown);
    }

    [Fact]
    public void Train_Killed_ResumesAndEndsAsIfUninterrupted()
    {
        DateTime last = DateTime.MinValue;
        for (int kill = 0; kill < 3; kill++)
        {
            string[] call = kill == 0 ? Call("run", Endless) : ["train", "--resume", folder["run"], "--samples", "false"];
            using AphoristProcess process = AphoristProcess.Start(folder.Path, null, call);
            process.WaitUntil(() => File.Exists(Checkpoint) && File.GetLastWriteTimeUtc(Checkpoint) > last);
            process.Kill();
            process.Wait();
            last = File.GetLastWriteTimeUtc(Checkpoint);
        }

        ResumesAsIfUninterrupted();
    }

    [Fact]
    public void Train_IntoAFolderInUse_SaysSo()
    {
        using AphoristProcess first = AphoristProcess.Start(folder.Path, null, Call("run", Endless));
        first.WaitUntil(() => File.Exists(Checkpoint));

        AphoristApp.Run(Call("run", Endless)).ExpectSentence(1, "run", "Another process");
        AphoristApp.Run("train", "--resume", folder["run"]).ExpectSentence(1, "run", "Another process");
        first.Kill();
    }

    [Fact]
    public void Train_IntoAFolderThatHoldsARun_PointsToResume()
    {
        AphoristApp.Run(Call("run", "1")).Expect(0);
        AphoristApp.Run(Call("run", "1")).ExpectSentence(1, "run", "--resume");
    }

    [Fact]
    public void Resume_WithOtherOptionsOrCorpus_SaysWhich()
    {
        AphoristApp.Run(Call("run", "1")).Expect(0);

        AphoristApp.Run("train", "--resume", folder["run"], "--seed", "5").ExpectSentence(2, "--seed");
        AphoristApp.Run("train", "--resume", folder["run"], "--window", "40").ExpectSentence(2, "--window");
        folder.Write("tiny.txt", TinyText.OfLength(3100));
        AphoristApp.Run("train", "--resume", folder["run"]).ExpectSentence(2, "corpus");
    }

    [Fact]
    public void Resume_NoRunThere_SaysSo() => AphoristApp.Run("train", "--resume", folder["nowhere"]).ExpectSentence(1, "nowhere");

    /// <summary>A run whose first batch takes minutes.</summary>
    private string[] SlowCall =>
    [
        "train", "fables", "--preset", "notebook", "--epochs", "1", "--window", "2000", "--hidden", "512", "--batch", "2000", "--run",
        folder["run"],
    ];

    /// <summary>A run whose first epoch takes minutes.</summary>
    private string[] LongEpochCall =>
    [
        "train", "fables", "--preset", "notebook", "--epochs", "1", "--hidden", "256", "--batch", "16", "--checkpoint-interval", "0.1",
        "--run", folder["run"],
    ];

    private string[] Call(string run, string epochs) =>
    [
        "train", folder["tiny.txt"], "--preset", "notebook", "--epochs", epochs, "--window", "30", "--hidden", "16", "--samples", "false",
        "--checkpoint-interval", "0.05", "--run", folder[run],
    ];

    /// <summary>Resumes the stopped run for two more epochs and compares it with one of as many epochs that was never stopped.</summary>
    private void ResumesAsIfUninterrupted()
    {
        string metrics = folder["run/metrics.csv"];
        int completed = File.Exists(metrics) ? File.ReadAllLines(metrics).Length - 1 : 0;
        string epochs = (completed + 2).ToString(CultureInfo.InvariantCulture);
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", epochs, "--samples", "false").Expect(0);
        AphoristApp.Run(Call("whole", epochs)).Expect(0);

        foreach (string name in new[] { "model.safetensors", "last.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"whole/{name}"]), File.ReadAllBytes(folder[$"run/{name}"]));
    }
}
