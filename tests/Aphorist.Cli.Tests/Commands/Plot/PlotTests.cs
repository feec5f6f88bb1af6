using System.Buffers.Binary;
using System.Text.Json;
using System.Xml.Linq;

namespace Aphorist.Cli.Tests.Commands.Plot;

public sealed class PlotTests : IDisposable
{
    private const string Header = "epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,characters_per_second,learning_rate\n";

    private readonly TemporaryFolder folder = new();

    public PlotTests()
    {
        WriteMetrics("one", "1,2.9,0.2,2.8,0.21,10,1000,0.01\n2,2.4,0.3,2.5,0.29,10,1000,0.01\n3,2.1,0.4,2.4,0.3,10,1000,0.01\n");
        WriteMetrics("two & <half>", "1,3,0.2,,,20,1000,0.01\n2,NaN,0.3,,,20,1000,0.01\n3,2,0.4,,,20,1000,0.01\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Plot_RunFolder_DrawsAPngIntoIt()
    {
        string output = AphoristApp.Run("plot", folder["one"]).Expect(0).Output;

        Assert.Equal(folder["one/loss.png"], output.TrimEnd('\n'));
        AssertIsPicture(folder["one/loss.png"]);
    }

    [Fact]
    public void Plot_MetricsFile_DrawsBesideIt()
    {
        AphoristApp.Run("plot", folder["one/metrics.csv"]).Expect(0);

        AssertIsPicture(folder["one/loss.png"]);
    }

    [Fact]
    public void Plot_MetricsFileByTokens_ReadsTheStepsBesideIt()
    {
        WriteSteps("one", "10,1,640,10,2.9,0.01,1,1000\n20,2,1280,20,2.4,0.01,1,1000\n");
        AphoristApp.Run("plot", folder["one/metrics.csv"], "--by", "tokens").Expect(0);

        AssertIsPicture(folder["one/loss.png"]);
    }

    [Fact]
    public void Plot_SeveralRuns_DrawsThemIntoTheCurrentFolder()
    {
        CommandResult result = AphoristProcess.Run(folder.Path, "plot", "one", "two & <half>", "--json").Expect(0);

        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("loss.png", json.GetProperty("picture").GetString());
        Assert.Equal(["one", "two & <half>"], json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.Equal("", result.Error);
        AssertIsPicture(folder["loss.png"]);
        Assert.False(File.Exists(folder["one/loss.png"]));
    }

    [Theory]
    [InlineData("epoch", "epoch")]
    [InlineData("seconds", "seconds of training")]
    [InlineData("tokens", "tokens")]
    public void Plot_Svg_IsWellFormedAndNamesRunsAndAxes(string by, string label)
    {
        foreach (string run in (string[])["one", "two & <half>"])
            WriteSteps(run, "10,1,640,10,2.9,0.01,1,1000\n20,2,1280,20,2.4,0.01,1,1000\n");
        CommandResult result = AphoristApp.Run(
            "plot", folder["one"], folder["two & <half>"], "--by", by, "--output", folder["both.svg"]).Expect(0);

        XElement picture = XDocument.Load(folder["both.svg"]).Root!;
        string[] texts =
        [
            .. picture.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()),
        ];
        Assert.Equal("svg", picture.Name.LocalName);
        Assert.Equal("1200", picture.Attribute("width")!.Value);
        foreach (string text in new[] { "one, training", "one, validation", "two & <half>", label, "loss in nats per character" })
            Assert.Contains(text, texts);
        // The lowest validation loss of the one, and of the other, without validation, the lowest training loss that is a number.
        Assert.Contains("best: epoch 3, 2.400", texts);
        Assert.Contains("best: epoch 3, 2.000", texts);
        // The curve and its line in the legend.
        Assert.Equal(2, picture.Descendants().Count(element => element.Attribute("stroke-dasharray") is not null));
        Assert.DoesNotContain(picture.Descendants().Attributes(), attribute => attribute.Value.EndsWith(", ", StringComparison.Ordinal));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Plot_FolderOfASweep_DrawsAllRunsIntoIt()
    {
        foreach (string run in (string[])["sweep/a", "sweep/b"]) Train(run).Expect(0);
        folder.Write("sweep/results.csv", "rank,run\n");

        CommandResult result = AphoristApp.Run("plot", folder["sweep"], "--by", "tokens", "--json").Expect(0);

        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(["a", "b"], json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.Equal(folder["sweep/loss.png"], json.GetProperty("picture").GetString());
        AssertIsPicture(folder["sweep/loss.png"]);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Plot_RunsAmongOtherThings_SkipsThemWithANote()
    {
        Directory.CreateDirectory(folder["empty"]);
        folder.Write("text.txt", "some text");

        CommandResult result = AphoristApp.Run(
            "plot", folder["one"], folder["empty"], folder["text.txt"], folder["nowhere"], "--output", folder["loss.png"]).Expect(0);

        string[] skipped = [.. result.Error.TrimEnd('\n').Split('\n')];
        Assert.Equal(3, skipped.Length);
        Assert.All(
            skipped.Zip((string[])["empty'", "text.txt'", "nowhere'"]),
            pair => Assert.Matches($"^Skipped: .*{pair.Second}", pair.First));
        AssertIsPicture(folder["loss.png"]);
    }

    [Fact]
    public void Plot_TokensOfARunWithoutSteps_SaysSo()
    {
        AphoristApp.Run("plot", folder["one"], "--by", "tokens").ExpectSentence(1, "one' has no steps.csv", "another axis");
        WriteSteps("two & <half>", "10,1,640,10,2.9,0.01,1,1000\n");
        AphoristApp.Run("plot", folder["one"], folder["two & <half>"], "--by", "tokens", "--output", folder["loss.svg"]).Expect(0)
            .ExpectError("Skipped", "one' has no steps.csv");
    }

    [Fact]
    public void Plot_RunWithinItsFirstEpoch_DrawsItsSteps()
    {
        WriteSteps("begun", "10,0.01,640,1,2.9,0.01,1,1000\n20,0.02,1280,2,2.4,0.01,1,1000\n");
        AphoristApp.Run("plot", folder["begun"]).Expect(0);
        AssertIsPicture(folder["begun/loss.png"]);

        WriteSteps("begun", "10,0.01,640\n");
        AphoristApp.Run("plot", folder["begun"]).ExpectSentence(1, "Line 2", "steps.csv", "10,0.01,640");
    }

    [Fact]
    public void Plot_SingleEpochOrLossesThatAreNoNumbers_StillDraws()
    {
        WriteMetrics("single", "1,2.9,0.2,,,10,1000,0.01\n");
        WriteMetrics("lost", "1,NaN,0.2,NaN,0.1,10,1000,0.01\n");

        AphoristApp.Run("plot", folder["single"], folder["lost"], "--output", folder["loss.png"]).Expect(0);

        AssertIsPicture(folder["loss.png"]);
    }

    [Fact]
    public void Plot_DamagedMetrics_SaysWhere()
    {
        WriteMetrics("damaged", "1,2.9,0.2,,,10,1000,0.01\n2,oops\n");

        AphoristApp.Run("plot", folder["damaged"], "--output", folder["loss.png"]).ExpectSentence(1, "Line 3", "metrics.csv", "oops");
        Assert.False(File.Exists(folder["loss.png"]));
        AphoristApp.Run("plot", folder["one"], folder["damaged"], "--output", folder["loss.png"]).Expect(0)
            .ExpectError("Skipped", "Line 3", "metrics.csv", "oops");
    }

    [Fact]
    public void Plot_NotARun_SaysSo()
    {
        Directory.CreateDirectory(folder["empty"]);
        WriteMetrics("begun", "");
        folder.Write("text.txt", "some text");

        AphoristApp.Run("plot", folder["nowhere"]).ExpectSentence(1, "There is no run", "nowhere'");
        AphoristApp.Run("plot", folder["empty"]).ExpectSentence(1, "no metrics.csv in", "empty'");
        AphoristApp.Run("plot", folder["begun"]).ExpectSentence(1, "no completed epoch yet");
        AphoristApp.Run("plot", folder["text.txt"]).ExpectSentence(1, "text.txt' is not a metrics file");
        AphoristApp.Run("plot").ExpectSentence(2, "RUN");
    }

    [Fact]
    public void Plot_OutputThatCannotBe_SaysSo()
    {
        AphoristApp.Run("plot", folder["one"], "--output", "loss.jpg").ExpectSentence(2, ".png or .svg", "loss.jpg");
        AphoristApp.Run("plot", folder["one"], "--output", folder["nowhere/loss.png"]).ExpectSentence(1, "nowhere");
    }

    [Fact]
    public void Train_EachRun_LeavesItsPictures()
    {
        Train("run").Expect(0);

        AssertIsPicture(folder["run/loss.png"]);
        Assert.Equal("svg", XDocument.Load(folder["run/loss.svg"]).Root!.Name.LocalName);
    }

    [Fact]
    public void Train_PictureCannotBeWritten_SaysSoOnceAndGoesOn()
    {
        Directory.CreateDirectory(folder["run/loss.png"]);

        CommandResult result = Train("run").Expect(0);

        Assert.Single(result.Error.Split('\n'), line => line.Contains("Cannot draw the losses", StringComparison.Ordinal));
        Assert.True(File.Exists(folder["run/model.safetensors"]));
    }

    private CommandResult Train(string run)
    {
        folder.Write("tiny.txt", TinyText.OfLength(2000));
        return AphoristApp.Run("train", folder["tiny.txt"], "--epochs", "3", "--window", "20", "--samples", "false", "--run", folder[run]);
    }

    private void WriteSteps(string run, string lines) => folder.Write(
        $"{run}/steps.csv", "step,epoch,tokens,seconds,loss,learning_rate,gradient_norm,characters_per_second\n" + lines);

    private void WriteMetrics(string run, string lines)
    {
        folder.Write($"{run}/metrics.csv", Header + lines);
    }

    private static void AssertIsPicture(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        Assert.Equal([0x89, .. "PNG\r\n"u8, 0x1A, .. "\n"u8], bytes[..8]);
        Assert.Equal(1200, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
        Assert.Equal(700, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
    }
}
