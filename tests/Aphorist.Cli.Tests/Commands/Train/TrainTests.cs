using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Train;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainTests() => folder.Write("tiny.txt", TinyText.OfLength(3000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_Json_PrintsTheEventsThatScriptsRelyOn()
    {
        CommandResult result = AphoristApp.Run(
            "train", folder["tiny.txt"], "--epochs", "2", "--window", "20", "--validation", "0.1", "--run", folder["run"],
            "--json").Expect(0);

        // How many rows of steps and of progress there are depends on time; the last steps come before the last epoch.
        JsonElement[] all = result.JsonLines(), steps = [.. all.Where(one => one.GetProperty("event").GetString() == "step")];
        JsonElement[] progress = [.. all.Where(one => one.GetProperty("event").GetString() == "progress")];
        Assert.All(progress, one => Assert.Equal(
            ["event", "epoch", "batch", "batches", "loss", "charactersPerSecond", "remainingSeconds"], NamesIn(one)));
        Assert.Equal(
            ["event", "step", "epoch", "tokens", "seconds", "loss", "learningRate", "gradientNorm", "charactersPerSecond"],
            NamesIn(steps[^1]));
        Assert.Equal(2, steps[^1].GetProperty("epoch").GetDouble());
        Assert.Equal(1 + steps.Length, File.ReadAllLines(folder["run/steps.csv"]).Length);
        JsonElement[] events = [.. all.Except(steps).Except(progress)];
        string[] sampled = [.. Enumerable.Repeat("sample", 4)];
        Assert.Equal(
            ["corpus", "epoch", .. sampled, "epoch", .. sampled, "done"], events.Select(one => one.GetProperty("event").GetString()));
        Assert.Equal(["event", "characters", "vocabulary", "windows", "tokens", "unknownShare"], NamesIn(events[0]));
        Assert.Equal(
            ["event", "epoch", "loss", "accuracy", "validationLoss", "validationAccuracy", "seconds", "charactersPerSecond"], NamesIn(
                events[1]));
        Assert.Equal(["event", "epoch", "temperature", "text"], NamesIn(events[2]));
        Assert.Equal(["event", "model", "seconds"], NamesIn(events[^1]));
        Assert.Equal([0.2, 0.5, 1.0, 1.2], events[2..6].Select(one => one.GetProperty("temperature").GetDouble()));
        Assert.All(events[2..6], one => Assert.Equal(400, one.GetProperty("text").GetString()!.Length));
        Assert.True(events[1].GetProperty("loss").GetDouble() > events[6].GetProperty("loss").GetDouble());
        Assert.Equal(JsonValueKind.Number, events[1].GetProperty("validationLoss").ValueKind);
        Assert.True(File.Exists(events[^1].GetProperty("model").GetString()!));
    }

    [Fact]
    public void Train_ValidationTokens_MeasuresSoManyAndSaysSo()
    {
        string[] call =
        [
            "train", folder["tiny.txt"], "--preset", "notebook", "--epochs", "2", "--window", "20", "--validation", "0.1", "--samples",
            "false", "--validation-tokens", "40",
        ];
        AphoristApp.Run([.. call, "--run", folder["text"]]).Expect(0)
            .ExpectError("Each validation measures 40 of 100 tokens", "--validation-tokens");
        JsonElement[] events = AphoristApp.Run([.. call, "--run", folder["json"], "--json"]).Expect(0).JsonLines();

        Assert.Equal("validationLimit", events[1].GetProperty("event").GetString());
        Assert.Equal((40, 100), (events[1].GetProperty("tokens").GetInt32(), events[1].GetProperty("validationTokens").GetInt32()));
        AphoristApp.Run("train", "--resume", folder["text"], "--epochs", "3", "--validation-tokens", "0")
            .ExpectSentence(2, "--validation-tokens 40");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("100")]
    [InlineData("1000")]
    public void Train_AllValidationTokens_SaysNothing(string tokens)
    {
        CommandResult result = AphoristApp.Run(
            "train", folder["tiny.txt"], "--preset", "notebook", "--epochs", "1", "--window", "20", "--validation", "0.1", "--samples",
            "false", "--validation-tokens", tokens, "--run", folder["run"]).Expect(0);

        Assert.DoesNotContain("Each validation", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Json_WithoutValidationSaysNull()
    {
        string output = AphoristApp.Run(
            "train", folder["tiny.txt"], "--epochs", "1", "--hidden", "8", "--validation", "0", "--samples", "false", "--run",
            folder["run"], "--json").Expect(0).Output;

        Assert.Contains("\"validationLoss\":null,\"validationAccuracy\":null", output, StringComparison.Ordinal);
        Assert.DoesNotContain("sample", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Redirected_IsPlainAndLeavesARunFolder()
    {
        CommandResult result = AphoristProcess.Run(
            folder.Path, "train", "tiny.txt", "--preset", "notebook", "--epochs", "1", "--window", "20").Expect(0);

        Assert.Single(result.Output.Split('\n'), line => line.StartsWith("epoch 1/1  loss ", StringComparison.Ordinal));
        foreach (string temperature in new[] { "0.2", "0.5", "1.0", "1.2" })
            Assert.Contains($"--- temperature {temperature}\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.DoesNotContain('\r', result.Error);
        string run = folder["runs/tiny"];
        foreach (string name in new[] { "model.safetensors", "last.safetensors", "checkpoint.safetensors", "metrics.csv", "options.json" })
            Assert.True(File.Exists(Path.Combine(run, name)), $"{name} is missing.");
        Assert.Contains("--- temperature 1.2\n", File.ReadAllText(Path.Combine(run, "samples", "epoch-001.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Quiet_WritesNothingToStandardError() => Assert.Equal(
        "",
        AphoristApp.Run(
            "train", folder["tiny.txt"], "--epochs", "1", "--window", "20", "--samples", "false", "--run", folder["run"],
            "--quiet").Expect(0).Error);

    [Fact]
    public void Train_FolderTaken_TakesTheNextNumber()
    {
        Directory.CreateDirectory(folder["runs/tiny"]);
        Directory.CreateDirectory(folder["runs/tiny-2"]);

        AphoristProcess.Run(folder.Path, "train", "tiny.txt", "--epochs", "1", "--window", "20", "--samples", "false").Expect(0);

        Assert.True(File.Exists(folder["runs/tiny-3/model.safetensors"]));
    }

    [Fact]
    public void Train_FromStandardInput_Learns() => AphoristApp.RunWith(
        TinyText.OfLength(1000), "train", "-", "--epochs", "1", "--window", "20", "--samples", "false", "--run", folder["piped"]).Expect(0);

    [Fact]
    public void Train_SameSeed_WritesTheSameSamples()
    {
        string[] call = ["train", folder["tiny.txt"], "--epochs", "1", "--window", "20", "--seed", "7", "--run"];
        AphoristApp.Run([.. call, folder["one"], "--threads", "1"]).Expect(0);
        AphoristApp.Run([.. call, folder["two"], "--threads", "2"]).Expect(0);

        foreach (string name in new[] { "model.safetensors", "samples/epoch-001.txt" })
            Assert.Equal(File.ReadAllBytes(folder[$"one/{name}"]), File.ReadAllBytes(folder[$"two/{name}"]));
    }

    private static IEnumerable<string> NamesIn(JsonElement element) => element.EnumerateObject().Select(member => member.Name);
}
