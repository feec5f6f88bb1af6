using System.Buffers.Binary;
using System.Text.Json;
using System.Xml.Linq;

namespace Aphorist.Cli.Tests;

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
        string output = AphoristProcess.Run(folder.Path, "plot", "one").Expect(0).Output;

        Assert.Equal(Path.Combine("one", "loss.png"), output.TrimEnd('\n'));
        AssertIsPicture(folder[Path.Combine("one", "loss.png")]);
    }

    [Fact]
    public void Plot_MetricsFile_DrawsBesideIt()
    {
        AphoristProcess.Run(folder.Path, "plot", Path.Combine("one", "metrics.csv")).Expect(0);

        AssertIsPicture(folder[Path.Combine("one", "loss.png")]);
    }

    [Fact]
    public void Plot_SeveralRuns_DrawsThemIntoTheCurrentFolder()
    {
        AphoristProcess.Result result = AphoristProcess.Run(folder.Path, "plot", "one", "two & <half>", "--json").Expect(0);

        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("loss.png", json.GetProperty("picture").GetString());
        Assert.Equal(["one", "two & <half>"], json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.Equal("", result.Error);
        AssertIsPicture(folder["loss.png"]);
        Assert.False(File.Exists(folder[Path.Combine("one", "loss.png")]));
    }

    [Theory]
    [InlineData("epoch", "epoch")]
    [InlineData("seconds", "seconds of training")]
    public void Plot_Svg_IsWellFormedAndNamesRunsAndAxes(string by, string label)
    {
        AphoristProcess.Result result = AphoristProcess.Run(folder.Path, "plot", "one", "two & <half>", "--by", by, "--output", "both.svg").Expect(0);

        XElement picture = XDocument.Load(folder["both.svg"]).Root!;
        string[] texts = [.. picture.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim())];
        Assert.Equal("svg", picture.Name.LocalName);
        Assert.Equal("1200", picture.Attribute("width")!.Value);
        foreach (string text in new[] { "one, training", "one, validation", "two & <half>", label, "loss in nats per character" })
            Assert.Contains(text, texts);
        // The curve and its line in the legend.
        Assert.Equal(2, picture.Descendants().Count(element => element.Attribute("stroke-dasharray") is not null));
        Assert.DoesNotContain(picture.Descendants().Attributes(), attribute => attribute.Value.EndsWith(", ", StringComparison.Ordinal));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Plot_SingleEpochOrLossesThatAreNoNumbers_StillDraws()
    {
        WriteMetrics("single", "1,2.9,0.2,,,10,1000,0.01\n");
        WriteMetrics("lost", "1,NaN,0.2,NaN,0.1,10,1000,0.01\n");

        AphoristProcess.Run(folder.Path, "plot", "single", "lost").Expect(0);

        AssertIsPicture(folder["loss.png"]);
    }

    [Fact]
    public void Plot_DamagedMetrics_SaysWhere()
    {
        WriteMetrics("damaged", "1,2.9,0.2,,,10,1000,0.01\n2,oops\n");

        AphoristProcess.Run(folder.Path, "plot", "one", "damaged").ExpectSentence(1, "Line 3", "metrics.csv", "oops");
        Assert.False(File.Exists(folder["loss.png"]));
    }

    [Fact]
    public void Plot_NotARun_SaysSo()
    {
        Directory.CreateDirectory(folder["empty"]);
        WriteMetrics("begun", "");
        folder.Write("text.txt", "some text");

        AphoristProcess.Run(folder.Path, "plot", "nowhere").ExpectSentence(1, "There is no run 'nowhere'");
        AphoristProcess.Run(folder.Path, "plot", "empty").ExpectSentence(1, "no metrics.csv in 'empty'");
        AphoristProcess.Run(folder.Path, "plot", "begun").ExpectSentence(1, "no epoch yet");
        AphoristProcess.Run(folder.Path, "plot", "text.txt").ExpectSentence(1, "'text.txt' is not a metrics file");
        AphoristProcess.Run(folder.Path, "plot").ExpectSentence(2, "RUN");
    }

    [Fact]
    public void Plot_OutputThatCannotBe_SaysSo()
    {
        AphoristProcess.Run(folder.Path, "plot", "one", "--output", "loss.jpg").ExpectSentence(2, ".png or .svg", "loss.jpg");
        AphoristProcess.Run(folder.Path, "plot", "one", "--output", Path.Combine("nowhere", "loss.png")).ExpectSentence(1, "nowhere");
    }

    [Fact]
    public void Train_EachRun_LeavesItsPictures()
    {
        Train("run").Expect(0);

        AssertIsPicture(folder[Path.Combine("run", "loss.png")]);
        Assert.Equal("svg", XDocument.Load(folder[Path.Combine("run", "loss.svg")]).Root!.Name.LocalName);
    }

    [Fact]
    public void Train_PictureCannotBeWritten_SaysSoOnceAndGoesOn()
    {
        Directory.CreateDirectory(folder[Path.Combine("run", "loss.png")]);

        AphoristProcess.Result result = Train("run").Expect(0);

        Assert.Single(result.Error.Split('\n'), line => line.Contains("could not be drawn", StringComparison.Ordinal));
        Assert.True(File.Exists(folder[Path.Combine("run", "model.safetensors")]));
    }

    private AphoristProcess.Result Train(string run)
    {
        folder.Write("tiny.txt", TinyText.OfLength(2000));
        return AphoristProcess.Run(folder.Path, "train", "tiny.txt", "--epochs", "3", "--window", "20", "--samples", "false", "--run", run);
    }

    private void WriteMetrics(string run, string lines)
    {
        Directory.CreateDirectory(folder[run]);
        folder.Write(Path.Combine(run, "metrics.csv"), Header + lines);
    }

    private static void AssertIsPicture(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        Assert.Equal([0x89, .. "PNG\r\n"u8, 0x1A, .. "\n"u8], bytes[..8]);
        Assert.Equal(1200, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
        Assert.Equal(700, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
    }
}
