using System.Text.RegularExpressions;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>What a person reads while a model is trained, and at the end.</summary>
public sealed partial class TrainOutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainOutputTests() => folder.Write("tiny.txt", TinyText.OfLength(3000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_ManyShortEpochsOnATerminal_ShowsTheFirstAndTheLast()
    {
        CommandResult result = AphoristApp.RunOnTerminal(80, new ManualClock(), Call("--epochs", "30", "--samples", "short")).Expect(0);

        string[] lines = result.Lines();
        Assert.Equal(["epoch 1/30", "epoch 30/30"], lines.Where(line => EpochLine().IsMatch(line)).Select(Heading));
        Assert.Equal(["epoch-001.txt", "epoch-030.txt"], Samples());
        Assert.Equal(30, TrainingRun.Open(folder["run"]).ReadMetrics().Count);
        Assert.Equal(folder["run/model.safetensors"], lines[^1]);
        Assert.InRange(lines.Length, 5, 15);
        Assert.All(lines[..^1], line => Assert.InRange(TextColumns.Count(line), 1, 79));
    }

    [Fact]
    public void Train_ShortEpochsOnATerminal_ShowsOneInASecondAndASampleInFive()
    {
        // The command looks at the clock a few times after each epoch.
        ManualClock clock = new() { Step = TimeSpan.FromSeconds(0.1) };
        CommandResult result = AphoristApp.RunOnTerminal(80, clock, Call("--epochs", "30", "--samples", "short")).Expect(0);

        int lines = EpochLine().Count(result.Output);
        Assert.InRange(lines, 5, 15);
        Assert.InRange(Samples().Length, 3, lines - 1);
    }

    [Fact]
    public void Train_Redirected_HasALineForEachEpochAndTheSampleInOneLine()
    {
        CommandResult result = AphoristApp.Run(Call("--epochs", "12", "--samples", "short")).Expect(0);

        string[] lines = result.Lines();
        Assert.Equal(12, EpochLine().Count(result.Output));
        Assert.Matches(@"^epoch 1/12  loss \d\.\d{4}  validation \d\.\d{4}  \d+\.\d s$", lines[0]);
        Assert.StartsWith("  ", lines[1], StringComparison.Ordinal);
        Assert.InRange(lines[1].Length, 150, 210);
        // It is the beginning of the sample in the folder.
        string start = lines[1].Trim()[..40].Split(" / ")[0];
        Assert.Contains(start, File.ReadAllText(folder["run/samples/epoch-001.txt"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notebook")]
    [InlineData("true")]
    public void Train_NotebookPreset_ShowsAllTemperaturesAfterEveryEpoch(string samples)
    {
        CommandResult result = AphoristApp.RunOnTerminal(
            40, new ManualClock(), Call("--epochs", "3", "--samples", samples)).Expect(0);

        Assert.Equal(3, EpochLine().Count(result.Output));
        Assert.Equal(12, result.Lines().Count(line => line.StartsWith("--- temperature ", StringComparison.Ordinal)));
        Assert.Equal(["epoch-001.txt", "epoch-002.txt", "epoch-003.txt"], Samples());
        Assert.All(result.Lines()[..^1].Where(line => !EpochLine().IsMatch(line)), line => Assert.InRange(line.Length, 1, 39));
    }

    [Fact]
    public void Train_PresetWithoutSampleOption_ChoosesTheStyle()
    {
        string[] begun = AphoristApp.Run(CallOf("quick", "--epochs", "2")).Expect(0).Lines();
        Assert.DoesNotContain(begun, line => line.StartsWith("--- temperature", StringComparison.Ordinal));
        int first = Array.FindIndex(begun, line => line.StartsWith("epoch 1/2 ", StringComparison.Ordinal));
        Assert.Matches("^  [^ ]", begun[first + 1]);
        Assert.Null(TrainingRun.Open(folder["run"]).Options.SampleStyle);

        string[] resumed = AphoristApp.Run(
            "train", "--resume", folder["run"], "--epochs", "3", "--samples", "notebook").Expect(0).Lines();
        Assert.Equal(4, resumed.Count(line => line.StartsWith("--- temperature", StringComparison.Ordinal)));
        Assert.Equal(SampleStyle.Notebook, TrainingRun.Open(folder["run"]).Options.SampleStyle);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("false")]
    public void Train_NoSamples_HasNone(string word)
    {
        string output = AphoristApp.Run(Call("--epochs", "2", "--samples", word)).Expect(0).Output;

        Assert.Equal(3, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.False(Directory.Exists(folder["run/samples"]));
    }

    [Fact]
    public void Train_SampleOfAnEpoch_DoesNotDependOnTheOthers()
    {
        AphoristApp.RunOnTerminal(80, new ManualClock(), Call("--epochs", "6", "--samples", "short")).Expect(0);
        string[] every = [.. Call("--epochs", "6", "--samples", "notebook")[..^1], folder["every"]];
        AphoristApp.Run(every).Expect(0);

        foreach (string name in new[] { "samples/epoch-001.txt", "samples/epoch-006.txt", "model.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"every/{name}"]), File.ReadAllBytes(folder[$"run/{name}"]));
    }

    [Fact]
    public void Train_TimeLimit_ShowsTime()
    {
        // Each epoch writes files, and shorter ones would take no time but many writes.
        folder.Write("tiny.txt", TinyText.OfLength(60_000));
        CommandResult result = AphoristApp.Run(CallOf("quick", "--minutes", "0.02", "--samples", "none")).Expect(0);

        Assert.All(result.Lines()[..^1], line => Assert.Matches(@"^epoch \d+, 0:0\d of 0:01  loss \d\.\d{4}  validation \d\.\d{4}$", line));
        Assert.DoesNotContain("/1000", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_End_SaysWhichEpochIsTheBestAndWhatTheFilesAre()
    {
        CommandResult result = AphoristApp.Run(Call("--epochs", "3")).Expect(0);

        Assert.Matches(@"Trained for 3 epochs in \d+ s\. The best epoch is \d, with a validation loss of \d\.\d{3}\.", result.Error);
        result.ExpectError(
            "model.safetensors  the best model (epoch ", "last.safetensors   the model after the last epoch (3)", "metrics.csv ",
            "loss.png ", "samples/ ", $"aphorist generate {folder["run"]}\n");
        Assert.Equal(folder["run/model.safetensors"], result.Lines()[^1]);
    }

    [Fact]
    public void Resume_Finished_SaysSoAndHowToTrainLonger()
    {
        AphoristApp.Run(Call("--epochs", "2", "--samples", "none")).Expect(0);
        CommandResult result = AphoristApp.Run("train", "--resume", folder["run"]).Expect(0);

        result.ExpectError("This run is finished: it trained for 2 epochs", $"\n  aphorist train --resume {folder["run"]} --epochs 4\n");
        Assert.DoesNotContain("Resuming", result.Error, StringComparison.Ordinal);
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "4").Expect(0)
            .ExpectError("Resuming after epoch 2/4.\n", "Trained for 4 epochs");
    }

    [Fact]
    public void Resume_FinishedByTime_NamesMinutes()
    {
        // Each epoch writes files, and shorter ones would take no time but many writes.
        folder.Write("tiny.txt", TinyText.OfLength(60_000));
        AphoristApp.Run(CallOf("quick", "--minutes", "0.005", "--samples", "none")).Expect(0);

        AphoristApp.Run("train", "--resume", folder["run"]).Expect(0)
            .ExpectError("This run is finished", $"aphorist train --resume {folder["run"]} --minutes 0.01\n");
        AphoristApp.Run("train", "--resume", folder["run"], "--minutes", "0.01").Expect(0)
            .ExpectError("Resuming after epoch", " of 0:00.\n");
    }

    [Fact]
    public void Resume_FinishedEpochsOfARunWithATimeLimit_NamesBoth()
    {
        AphoristApp.Run(CallOf("quick", "--epochs", "2", "--minutes", "1", "--samples", "none")).Expect(0);

        AphoristApp.Run("train", "--resume", folder["run"]).Expect(0)
            .ExpectError($"aphorist train --resume {folder["run"]} --epochs 4 --minutes 2\n");
    }

    [Fact]
    public void Resume_FinishedByPatience_NamesIt()
    {
        AphoristApp.Run(Call("--epochs", "1000", "--patience", "1", "--samples", "none")).Expect(0);

        AphoristApp.Run("train", "--resume", folder["run"]).Expect(0)
            .ExpectError("The loss did not fall for 1 epoch.", $"aphorist train --resume {folder["run"]} --patience 2\n");
    }

    [Fact]
    public void Resume_MoreEpochsOfAFallingSchedule_StretchesIt()
    {
        AphoristApp.Run(Call("--epochs", "2", "--schedule", "linear", "--samples", "none")).Expect(0);
        AphoristApp.Run("train", "--resume", folder["run"]).Expect(0).ExpectError($"--resume {folder["run"]} --epochs 4\n");
        AphoristApp.Run("train", "--resume", folder["run"], "--epochs", "4").Expect(0);

        double[] rates = [.. TrainingRun.Open(folder["run"]).ReadMetrics().Select(epoch => epoch.LearningRate)];
        Assert.True(rates[1] < rates[3] * 1.1 && rates[2] > 10 * rates[1], $"The learning rates are {string.Join(", ", rates)}.");
    }

    [Fact]
    public void Generate_OnATerminal_BreaksBetweenWords()
    {
        AphoristApp.Run(Call("--epochs", "5", "--samples", "none")).Expect(0);
        string[] call = ["generate", folder["run"], "--seed", "1", "--length", "300", "--prompt", "the cat sat on a mat and "];
        string whole = AphoristApp.Run(call).Expect(0).Output;
        foreach (string[] option in new[] { Array.Empty<string>(), ["--explain"] })
        {
            string shown = AphoristApp.RunOnTerminal(40, TimeProvider.System, [.. call, .. option]).Expect(0).Output;
            string wrapped = Colour().Replace(shown, "");
            string text = wrapped.Split("\n\nsurprisal")[0].Replace("\\n", "", StringComparison.Ordinal);
            Assert.Equal(Joined(whole), Joined(text));
            Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 39));
        }
    }

    [Fact]
    public void Generate_RunInItsFirstEpoch_UsesTheLastModel()
    {
        AphoristApp.Run(Call("--epochs", "1", "--samples", "none")).Expect(0);
        string[] call = ["generate", folder["run"], "--seed", "1", "--length", "20"];
        string expected = AphoristApp.Run(call).Expect(0).Output;
        File.Delete(folder["run/model.safetensors"]);

        Assert.Equal(expected, AphoristApp.Run(call).Expect(0).Output);
        File.Delete(folder["run/last.safetensors"]);
        AphoristApp.Run(call).ExpectSentence(1, "There is no model in", "first checkpoint");
    }

    private string[] Call(params string[] options) => CallOf("notebook", options);

    private string[] CallOf(string preset, params string[] options) =>
    [
        "train", folder["tiny.txt"], "--preset", preset, "--window", "20", "--hidden", "16", "--validation", "0.2", .. options, "--run",
        folder["run"],
    ];

    private string[] Samples() =>
        [.. Directory.EnumerateFiles(folder["run/samples"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static string Heading(string line) => line.Split("  ")[0];

    private static string Joined(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^epoch \d+/\d+  loss .* s$", RegexOptions.Multiline)]
    private static partial Regex EpochLine();

    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Colour();
}
