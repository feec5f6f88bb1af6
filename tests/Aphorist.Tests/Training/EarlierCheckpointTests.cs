using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Checkpoints from before GRUs had a choice of gates: the gates of all layers were recorded as an LSTM's, and counted for LSTMs alone.</summary>
public sealed class EarlierCheckpointTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly RunFolder folder;

    public EarlierCheckpointTests() => folder = RunFolder.Create(temporary["run"]);

    public void Dispose()
    {
        folder.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [InlineData(Architecture.Gru, ResetGate.After)]
    [InlineData(Architecture.Gru, ResetGate.Before)]
    [InlineData(Architecture.Convolution, ResetGate.After)]
    public async Task RunAsync_EarlierCheckpoint_GoesOnToTheSameBits(Architecture architecture, ResetGate reset)
    {
        ModelSpec spec = new() { Architecture = architecture, ResetGate = reset };
        LanguageModel whole = Model(spec), resumed = Model(spec);
        await TinyTraining.RunAsync(whole, TinyTraining.Options);
        await TinyTraining.RunAsync(Model(spec), TinyTraining.Options with { Epochs = 1 }, folder);
        RewriteState(("{\"FormatVersion\":1,", "{"), ("\"Gates\":0,", "\"Gates\":1,"));

        await TinyTraining.RunAsync(resumed, TinyTraining.Options, folder);

        Assert.Equal(whole.Parameters.Values, resumed.Parameters.Values);
    }

    [Fact]
    public async Task RunAsync_EarlierCheckpointOfAnLstm_HasTheGatesThatItRecords()
    {
        LanguageModel model = Model(new() { Gates = GateActivation.Sigmoid });
        await TinyTraining.RunAsync(model, TinyTraining.Options with { Epochs = 1 }, folder);
        RewriteState(("{\"FormatVersion\":1,", "{"), ("\"Gates\":0,", "\"Gates\":1,"));

        await AssertRefused(new() { Gates = GateActivation.Sigmoid }, "The run was begun with Gates 1, not with 0;");
    }

    [Theory]
    [InlineData(GateActivation.Sigmoid, "Gates 0, not with 1")]
    [InlineData(GateActivation.HardSigmoid, "Gates 1, not with 0")]
    public async Task RunAsync_GruOfOtherGates_IsRefused(GateActivation begun, string difference)
    {
        await TinyTraining.RunAsync(Model(new() { Architecture = Architecture.Gru, Gates = begun }), TinyTraining.Options with { Epochs = 1 }, folder);

        await AssertRefused(new() { Architecture = Architecture.Gru, Gates = 1 - begun }, $"The run was begun with {difference};");
    }

    [Fact]
    public async Task RunAsync_CheckpointOfALaterVersion_IsRefused()
    {
        await TinyTraining.RunAsync(TinyTraining.Options with { Epochs = 1 }, folder);
        RewriteState(("\"FormatVersion\":1,", "\"FormatVersion\":2,"));

        ModelFileException error = await Assert.ThrowsAsync<ModelFileException>(() => TinyTraining.RunAsync(TinyTraining.Options, folder));
        Assert.Contains("its format version is 2 and this program reads up to 1; update Aphorist", error.Message, StringComparison.Ordinal);
    }

    private static LanguageModel Model(ModelSpec spec) =>
        LanguageModel.Create(spec with { HiddenSize = 8, Window = TinyTraining.Window }, CharacterTokenizer.Create(TinyTraining.Corpus), seed: 1);

    private async Task AssertRefused(ModelSpec spec, string message)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => TinyTraining.RunAsync(Model(spec), TinyTraining.Options, folder));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes the checkpoint again, with other words in its state.</summary>
    private void RewriteState(params (string Before, string After)[] changes)
    {
        string original = temporary["original.safetensors"];
        File.Move(folder.Checkpoint, original);
        using SafetensorsReader reader = SafetensorsReader.Open(original);
        using SafetensorsWriter writer = new(folder.Checkpoint);
        string state = reader.Metadata["aphorist.training"];
        foreach ((string before, string after) in changes)
        {
            Assert.Contains(before, state, StringComparison.Ordinal);
            state = state.Replace(before, after, StringComparison.Ordinal);
        }

        writer.SetMetadata("aphorist.training", state);
        foreach (SafetensorsTensor tensor in reader.Tensors) writer.Declare(tensor.Name, [.. tensor.Shape]);
        foreach (SafetensorsTensor tensor in reader.Tensors)
        {
            float[] values = new float[tensor.Count];
            reader.Read(tensor.Name, values);
            writer.Write(tensor.Name, values);
        }

        writer.Commit();
    }
}
