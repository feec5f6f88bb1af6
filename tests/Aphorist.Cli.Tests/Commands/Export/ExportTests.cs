using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Export;

public sealed class ExportTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("window", "model.onnx")]
    [InlineData("positions", "model.positions.onnx")]
    [InlineData("step", "model.step.onnx")]
    public void Export_RunFolder_WritesTheGraphBesideTheModel(string graph, string name)
    {
        folder.Write("model.safetensors", File.ReadAllBytes(trained.File));

        CommandResult result = AphoristApp.Run("export", folder.Path, "--graph", graph, "--json").Expect(0);

        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(folder[name], json.GetProperty("file").GetString());
        Assert.Equal("onnx", json.GetProperty("format").GetString());
        Assert.Equal(graph, json.GetProperty("graph").GetString());
        Assert.Equal(new FileInfo(folder[name]).Length, json.GetProperty("bytes").GetInt64());
        AssertIsOnnx(folder[name]);
    }

    [Fact]
    public void Export_Output_IsTheFileAndItsNameTheResult()
    {
        CommandResult result = AphoristApp.Run("export", trained.File, "--output", folder["other.onnx"], "--quiet").Expect(0);

        Assert.Equal(folder["other.onnx"] + "\n", result.Output);
        Assert.Equal("", result.Error);
        Assert.Equal([folder["other.onnx"]], Directory.EnumerateFiles(folder.Path));
        AssertIsOnnx(folder["other.onnx"]);
    }

    [Fact]
    public void Export_ToKeras_WritesHdf5AndTheVocabulary()
    {
        CommandResult result = AphoristApp.Run("export", trained.File, "--to", "keras", "--output", folder["model.h5"], "--json").Expect(0);

        JsonElement json = result.Json();
        JsonElement vocabulary = JsonDocument.Parse(File.ReadAllText(folder["model.vocabulary.json"])).RootElement;
        Assert.Equal("keras", json.GetProperty("format").GetString());
        Assert.False(json.TryGetProperty("graph", out _));
        Assert.Equal([0x89, .. "HDF\r\n"u8, 0x1A, .. "\n"u8], File.ReadAllBytes(folder["model.h5"])[..8]);
        Assert.Equal(0, vocabulary.GetProperty("\n").GetInt32());
        Assert.Equal(1, vocabulary.GetProperty(" ").GetInt32());
    }

    [Fact]
    public void Export_ToKeras_NameDecidesTheVersionAndHardGatesAreWarnedOf()
    {
        CommandResult old = AphoristApp.Run("export", trained.File, "--to", "keras", "--output", folder["model.h5"]).Expect(0);
        CommandResult archive = AphoristApp.Run("export", trained.File, "--to", "keras", "--output", folder["model.keras"]).Expect(0);

        Assert.Contains("write one for Keras 3 with --output model.keras", old.Error, StringComparison.Ordinal);
        Assert.Equal("", archive.Error);
        Assert.Equal("PK"u8, File.ReadAllBytes(folder["model.keras"]).AsSpan(0, 2));
    }

    [Fact]
    public void Export_ToHtml_WritesAPageBesideTheModel()
    {
        folder.Write("model.safetensors", File.ReadAllBytes(trained.File));

        CommandResult result = AphoristApp
            .Run("export", folder.Path, "--to", "html", "--title", "Tom & Jerry", "--prompt", "a\\nb", "--json").Expect(0);

        JsonElement json = result.Json();
        string page = File.ReadAllText(folder["model.html"]);
        Assert.Equal(folder["model.html"], json.GetProperty("file").GetString());
        Assert.Equal("html", json.GetProperty("format").GetString());
        Assert.Equal(new FileInfo(folder["model.html"]).Length, json.GetProperty("bytes").GetInt64());
        Assert.Contains("<title>Tom &amp; Jerry</title>", page, StringComparison.Ordinal);
        Assert.Contains("\"prompt\":\"a\\nb\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_PlaceThatCannotBe_SaysSo()
    {
        string copy = folder.Write("model.safetensors", File.ReadAllBytes(trained.File));
        Directory.CreateDirectory(folder["taken.onnx"]);

        AphoristApp.Run("export", copy, "--output", folder["nowhere/model.onnx"]).ExpectSentence(1, "nowhere");
        AphoristApp.Run("export", copy, "--output", folder["taken.onnx"]).ExpectSentence(1, "taken.onnx': it is a folder");
        AphoristApp.Run("export", copy, "--output", folder["model.safetensors"]).ExpectSentence(2, "is the model itself");
        Assert.Equal(File.ReadAllBytes(trained.File), File.ReadAllBytes(copy));
    }

    [Fact]
    public void Export_WrongCall_SaysSo()
    {
        AphoristApp.Run("export", folder["nowhere.safetensors"]).ExpectSentence(1, "nowhere.safetensors");
        AphoristApp.Run("export", trained.File, "--graph", "whole")
            .ExpectSentence(2, "--graph takes window or positions or step, not 'whole'");
        AphoristApp.Run("export", trained.File, "--to", "keras", "--graph", "step").ExpectSentence(2, "--graph is for ONNX");
        AphoristApp.Run("export", trained.File, "--to", "html", "--graph", "step").ExpectSentence(2, "--graph is for ONNX");
        AphoristApp.Run("export", trained.File, "--title", "A").ExpectSentence(2, "--title is for an HTML page");
        AphoristApp.Run("export", trained.File, "--to", "keras", "--prompt", "A").ExpectSentence(2, "--prompt is for an HTML page");
        AphoristApp.Run("export").ExpectSentence(2, "MODEL");
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    // The format's version, which comes first, and the producer.
    private static void AssertIsOnnx(string file) => Assert.Equal([0x08, 8, 0x12, 8, .. "Aphorist"u8], File.ReadAllBytes(file)[..12]);
}
