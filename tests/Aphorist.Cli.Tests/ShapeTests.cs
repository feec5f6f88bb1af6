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

    private AphoristProcess.Result Run(params string[] call) => AphoristProcess.Run(folder.Path, call);
}
