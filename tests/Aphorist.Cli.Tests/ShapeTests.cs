using System.Text.Json;

namespace Aphorist.Cli.Tests;

/// <summary>Models of other shapes, from training to writing.</summary>
public sealed class ShapeTests : IDisposable
{
    private static readonly string[] Tiny = ["tiny.txt", "--epochs", "1", "--window", "5", "--hidden", "16", "--samples", "false", "--run", "run"];

    private readonly TemporaryFolder folder = new();

    public ShapeTests() => folder.Write("tiny.txt", TinyText.OfLength(2000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ResetBefore_TrainInfoGenerateAndResume_WorkTogether()
    {
        Run(["train", "--architecture", "gru", "--reset", "before", .. Tiny]).Expect(0);

        Assert.Contains("GRU(16), sigmoid gates, reset before the product, window of 5", Run("info", "run").Expect(0).Output, StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", "run", "--json").Expect(0).Output).RootElement;
        Assert.Equal(("gru", "before"), (info.GetProperty("architecture").GetString(), info.GetProperty("resetGate").GetString()));
        Assert.StartsWith("the cat", Run("generate", "run", "--prompt", "the cat", "--length", "10", "--seed", "1").Expect(0).Output, StringComparison.Ordinal);

        Run("train", "--resume", "run", "--reset", "after").ExpectSentence(2, "--reset before, not with after");
        Run("train", "--resume", "run", "--epochs", "2", "--samples", "false").Expect(0);
    }

    [Fact]
    public void ResetBefore_OfAnLstm_IsRefused() =>
        Run(["train", "--reset", "before", .. Tiny]).ExpectSentence(2, "--reset is for GRUs", "--architecture gru");

    [Fact]
    public void Tied_TrainInfoEvaluateGenerateAndFineTune_WorkTogether()
    {
        Run(["train", "--tied", "true", .. Tiny]).Expect(0);

        Assert.Contains("embedding of 16 tied to the decoder, LSTM(16)", Run("info", "run").Expect(0).Output, StringComparison.Ordinal);
        string json = Run("info", "run", "--json").Expect(0).Output;
        Assert.True(JsonDocument.Parse(json).RootElement.GetProperty("tiedEmbedding").GetBoolean());
        Assert.DoesNotContain("decoder.weight", json, StringComparison.Ordinal);
        Run("evaluate", "run", "tiny.txt").Expect(0);
        Assert.StartsWith("the cat", Run("generate", "run", "--prompt", "the cat", "--length", "10", "--seed", "1").Expect(0).Output, StringComparison.Ordinal);

        Run("train", "--resume", "run", "--tied", "false").ExpectSentence(2, "--tied true, not with false");
        Run("train", "--resume", "run", "--epochs", "2", "--samples", "false").Expect(0);
        folder.Write("more.txt", TinyText.OfLength(1000) + "Zarathustra");
        Run("train", "more.txt", "--from", "run", "--epochs", "1", "--samples", "false", "--run", "more").Expect(0);
    }

    [Fact]
    public void Tied_EmbeddingOfAnotherSize_IsRefused() =>
        Run(["train", "--tied", "true", "--embedding", "8", .. Tiny]).ExpectSentence(2, "--embedding is 8 where --hidden is 16");

    [Fact]
    public void ResidualNormalizedLayers_TrainInfoEvaluateGenerateAndFineTune_WorkTogether()
    {
        Run(["train", "--layers", "2", "--residual", "true", "--layer-normalization", "true", "--average", "0.9", .. Tiny]).Expect(0);

        Assert.Contains("2 layers of LSTM(16), normalised, residual, ", Run("info", "run").Expect(0).Output, StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", "run", "--json").Expect(0).Output).RootElement;
        Assert.True(info.GetProperty("residual").GetBoolean() && info.GetProperty("layerNormalization").GetBoolean());
        Run("evaluate", "run", "tiny.txt").Expect(0);
        Assert.StartsWith("the cat", Run("generate", "run", "--prompt", "the cat", "--length", "10", "--seed", "1").Expect(0).Output, StringComparison.Ordinal);

        Run("train", "--resume", "run", "--residual", "false").ExpectSentence(2, "--residual true, not with false");
        Run("train", "--resume", "run", "--average", "0").ExpectSentence(2, "--average 0.9, not with 0");
        Run("train", "--resume", "run", "--epochs", "2", "--samples", "false").Expect(0);
        folder.Write("more.txt", TinyText.OfLength(1000) + "Zarathustra");
        Run("train", "more.txt", "--from", "run", "--epochs", "1", "--samples", "false", "--run", "more").Expect(0);
    }

    [Fact]
    public void Residual_OfOneLayer_IsRefused() =>
        Run(["train", "--residual", "true", .. Tiny]).ExpectSentence(2, "--residual true leads past the layers above the first", "--layers 2");

    private AphoristProcess.Result Run(params string[] call) => AphoristProcess.Run(folder.Path, call);
}
