using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>Models of other shapes, from training to writing.</summary>
public sealed class ShapeTests : IDisposable
{
    private string[] Tiny =>
    [
        folder["tiny.txt"], "--preset", "notebook", "--epochs", "1", "--window", "5", "--hidden", "16", "--samples", "false", "--run",
        folder["run"],
    ];

    private readonly TemporaryFolder folder = new();

    public ShapeTests() => folder.Write("tiny.txt", TinyText.OfLength(2000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ResetBefore_TrainInfoGenerateAndResume_WorkTogether()
    {
        Run(["train", "--architecture", "gru", "--reset", "before", .. Tiny]).Expect(0);

        Assert.Contains(
            "GRU(16), sigmoid gates, reset gate before the product, window of 5",
            Run("info", folder["run"]).Expect(0).Output,
            StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", folder["run"], "--json").Expect(0).Output).RootElement;
        Assert.Equal(("gru", "before"), (info.GetProperty("architecture").GetString(), info.GetProperty("resetGate").GetString()));
        AssertWrites();

        Run("train", "--resume", folder["run"], "--reset", "after").ExpectSentence(2, "--reset before, not with after");
        AssertResumes();
    }

    [Fact]
    public void ResetBefore_OfAnLstm_IsRefused() =>
        Run(["train", "--reset", "before", .. Tiny]).ExpectSentence(2, "--reset applies only with --architecture gru");

    [Fact]
    public void HardSigmoidGatesOfAGru_TrainInfoEvaluateGenerateAndResume_WorkTogether()
    {
        Run(["train", "--architecture", "gru", "--gates", "hard-sigmoid", .. Tiny]).Expect(0);

        Assert.Contains(
            "GRU(16), hard-sigmoid gates, reset gate after the product, window of 5",
            Run("info", folder["run"]).Expect(0).Output,
            StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", folder["run"], "--json").Expect(0).Output).RootElement;
        Assert.Equal(("gru", "hard-sigmoid"), (info.GetProperty("architecture").GetString(), info.GetProperty("gates").GetString()));
        Run("evaluate", folder["run"], folder["tiny.txt"]).Expect(0);
        AssertWrites();

        Run("train", "--resume", folder["run"], "--gates", "sigmoid").ExpectSentence(2, "--gates hard-sigmoid, not with sigmoid");
        AssertResumes();
        AssertFineTunes();
    }

    [Fact]
    public void GatesOfAGru_NotGiven_AreLogistic()
    {
        string[] call = ["train", "--architecture", "gru", .. Tiny[..^1]];
        Run([.. call, folder["default"]]).Expect(0);
        Run([.. call, folder["sigmoid"], "--gates", "sigmoid"]).Expect(0);
        Run([.. call, folder["hard"], "--gates", "hard-sigmoid"]).Expect(0);

        Assert.Equal(ModelOf("sigmoid"), ModelOf("default"));
        Assert.NotEqual(ModelOf("hard"), ModelOf("default"));
    }

    [Fact]
    public void Convolution_TrainInfoEvaluateGenerateResumeAndFineTune_WorkTogether()
    {
        Run(["train", "--architecture", "convolution", "--layers", "3", "--kernel", "3", .. Tiny]).Expect(0);

        string description = Run("info", folder["run"]).Expect(0).Output;
        Assert.Contains(
            "3 layers of convolution(16) with kernel size 3 and a receptive field of 27 tokens, sigmoid gates, window of 5",
            description,
            StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", folder["run"], "--json").Expect(0).Output).RootElement;
        Assert.Equal(("convolution", 3), (info.GetProperty("architecture").GetString(), info.GetProperty("kernelSize").GetInt32()));
        Assert.False(info.TryGetProperty("residual", out _));
        Run("evaluate", folder["run"], folder["tiny.txt"]).Expect(0);
        foreach (string mode in (string[])["stateful", "window"]) AssertWrites("--mode", mode);

        Run("train", "--resume", folder["run"], "--kernel", "2").ExpectSentence(2, "--kernel 3, not with 2");
        AssertResumes();
        AssertFineTunes();
    }

    [Fact]
    public void Convolution_LayersNotGiven_AreSix()
    {
        Run(["train", "--architecture", "convolution", .. Tiny]).Expect(0);
        Assert.Contains(
            "6 layers of convolution(16) with kernel size 2 and a receptive field of 64 tokens",
            Run("info", folder["run"]).Expect(0).Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--gates applies only with --architecture lstm or gru", "--architecture", "convolution", "--gates", "sigmoid")]
    [InlineData("--reset applies only with --architecture gru", "--architecture", "convolution", "--reset", "after")]
    [InlineData("--kernel applies only with --architecture convolution", "--kernel", "3")]
    [InlineData("--kernel takes a whole number (2 to 4096), not '1'", "--architecture", "convolution", "--kernel", "1")]
    [InlineData("--residual is for recurrent layers", "--architecture", "convolution", "--residual", "true")]
    [InlineData("--layers is 5; it must be 1 to 4 for recurrent layers", "--layers", "5")]
    [InlineData("--layers is 12; it must be 1 to 4 for recurrent layers", "--architecture", "gru", "--layers", "12")]
    [InlineData("--layers takes a whole number (1 to 12), not '13'", "--architecture", "convolution", "--layers", "13")]
    [InlineData(
        "With --layers 8 and --kernel 3 the convolutions see 6561 tokens, but 4096 is the maximum. Reduce --layers or --kernel",
        "--architecture", "convolution", "--layers", "8", "--kernel", "3")]
    public void Convolution_OptionsThatContradictEachOther_AreRefused(string problem, params string[] options) =>
        Run(["train", .. options, .. Tiny]).ExpectSentence(2, problem);

    [Theory]
    [InlineData("tanh", "relu")]
    [InlineData("relu", "tanh")]
    public void Rnn_TrainInfoEvaluateScoreGenerateResumeAndFineTune_WorkTogether(string activation, string other)
    {
        Run(["train", "--architecture", "rnn", "--layers", "2", "--activation", activation, .. Tiny]).Expect(0);

        Assert.Contains(
            $"2 layers of RNN(16), {activation} activation, window of 5", Run("info", folder["run"]).Expect(0).Output,
            StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", folder["run"], "--json").Expect(0).Output).RootElement;
        Assert.Equal(("rnn", activation), (info.GetProperty("architecture").GetString(), info.GetProperty("activation").GetString()));
        Assert.False(info.TryGetProperty("gates", out _));
        Run("evaluate", folder["run"], folder["tiny.txt"]).Expect(0);
        Run("score", folder["run"], folder["tiny.txt"], "--json").Expect(0);
        foreach (string mode in (string[])["stateful", "window"]) AssertWrites("--mode", mode);

        Run("train", "--resume", folder["run"], "--activation", other)
            .ExpectSentence(2, $"--activation {activation}, not with {other}");
        AssertResumes();
        AssertFineTunes();
    }

    [Fact]
    public void Rnn_ActivationNotGiven_IsTanh()
    {
        string[] call = ["train", "--architecture", "rnn", .. Tiny[..^1]];
        Run([.. call, folder["default"]]).Expect(0);
        Run([.. call, folder["tanh"], "--activation", "tanh"]).Expect(0);
        Run([.. call, folder["relu"], "--activation", "relu"]).Expect(0);

        Assert.Equal(ModelOf("tanh"), ModelOf("default"));
        Assert.NotEqual(ModelOf("relu"), ModelOf("default"));
    }

    [Theory]
    [InlineData("--activation applies only with --architecture rnn", "--activation", "relu")]
    [InlineData("--activation applies only with --architecture rnn", "--architecture", "gru", "--activation", "tanh")]
    [InlineData("--activation takes tanh or relu, not 'gelu'", "--architecture", "rnn", "--activation", "gelu")]
    [InlineData("--gates applies only with --architecture lstm or gru", "--architecture", "rnn", "--gates", "sigmoid")]
    [InlineData("--reset applies only with --architecture gru", "--architecture", "rnn", "--reset", "after")]
    [InlineData("--layers is 5; it must be 1 to 4 for recurrent layers", "--architecture", "rnn", "--layers", "5")]
    public void Rnn_OptionsThatContradictEachOther_AreRefused(string problem, params string[] options) =>
        Run(["train", .. options, .. Tiny]).ExpectSentence(2, problem);

    [Fact]
    public void Tied_TrainInfoEvaluateGenerateAndFineTune_WorkTogether()
    {
        Run(["train", "--tied", "true", .. Tiny]).Expect(0);

        Run("info", folder["run"]).Expect(0).ExpectOutput("embedding of 16 tied to the decoder, LSTM(16)");
        string json = Run("info", folder["run"], "--json").Expect(0).Output;
        Assert.True(JsonDocument.Parse(json).RootElement.GetProperty("tiedEmbedding").GetBoolean());
        Assert.DoesNotContain("decoder.weight", json, StringComparison.Ordinal);
        Run("evaluate", folder["run"], folder["tiny.txt"]).Expect(0);
        AssertWrites();

        Run("train", "--resume", folder["run"], "--tied", "false").ExpectSentence(2, "--tied true, not with false");
        AssertResumes();
        AssertFineTunes();
    }

    [Fact]
    public void Tied_EmbeddingOfAnotherSize_IsRefused() =>
        Run(["train", "--tied", "true", "--embedding", "8", .. Tiny])
            .ExpectSentence(2, "--tied requires --embedding to equal --hidden, but they are 8 and 16");

    [Fact]
    public void ResidualNormalizedLayers_TrainInfoEvaluateGenerateAndFineTune_WorkTogether()
    {
        Run(["train", "--layers", "2", "--residual", "true", "--layer-normalization", "true", "--average", "0.9", .. Tiny]).Expect(0);

        Assert.Contains(
            "2 layers of LSTM(16), layer normalization, residual, ", Run("info", folder["run"]).Expect(0).Output, StringComparison.Ordinal);
        JsonElement info = JsonDocument.Parse(Run("info", folder["run"], "--json").Expect(0).Output).RootElement;
        Assert.True(info.GetProperty("residual").GetBoolean() && info.GetProperty("layerNormalization").GetBoolean());
        Run("evaluate", folder["run"], folder["tiny.txt"]).Expect(0);
        AssertWrites();

        Run("train", "--resume", folder["run"], "--residual", "false").ExpectSentence(2, "--residual true, not with false");
        Run("train", "--resume", folder["run"], "--average", "0").ExpectSentence(2, "--average 0.9, not with 0");
        AssertResumes();
        AssertFineTunes();
    }

    [Fact]
    public void NormalizedConvolutions_TrainInfoEvaluateGenerateAndResume_WorkTogether()
    {
        Run(["train", .. "--architecture convolution --layers 2 --layer-normalization true --average 0.9".Split(' '), .. Tiny]).Expect(0);

        Assert.Contains(
            "2 layers of convolution(16) with kernel size 2 and a receptive field of 4 tokens, layer normalization, ",
            Run("info", folder["run"]).Expect(0).Output,
            StringComparison.Ordinal);
        Run("evaluate", folder["run"], folder["tiny.txt"]).Expect(0);
        AssertWrites();
        AssertResumes();
    }

    [Fact]
    public void Residual_OfOneLayer_IsRefused() =>
        Run(["train", "--residual", "true", .. Tiny]).ExpectSentence(2, "--residual needs 2 or more layers, but --layers is 1");

    [Fact]
    public void Shape_TooLargeForAnyArray_IsRefused() =>
        Run("train", folder["tiny.txt"], "--hidden", "16384", "--layers", "4")
            .ExpectSentence(2, "more than 1073741823 parameters", "Reduce --hidden");

    private byte[] ModelOf(string run) => File.ReadAllBytes(folder[$"{run}/last.safetensors"]);

    private void AssertWrites(params string[] options) =>
        Assert.StartsWith(
            "the cat",
            Run(["generate", folder["run"], "--prompt", "the cat", "--length", "10", "--seed", "1", .. options]).Expect(0).Output,
            StringComparison.Ordinal);

    private void AssertResumes(string run = "run") =>
        Run("train", "--resume", folder[run], "--epochs", "2", "--samples", "false").Expect(0);

    private void AssertFineTunes()
    {
        folder.Write("more.txt", TinyText.OfLength(1000) + "Zarathustra");
        Run("train", folder["more.txt"], "--from", folder["run"], "--epochs", "1", "--samples", "false", "--run", folder["more"]).Expect(0);
    }

    private static CommandResult Run(params string[] call) => AphoristApp.Run(call);
}
