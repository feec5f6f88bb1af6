using System.IO.Compression;
using System.Text.Json.Nodes;
using PureHDF;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>What cannot be imported is refused in a sentence that names the layer and says why.</summary>
public sealed class KerasRefusalTests
{
    [Theory]
    [InlineData(0, "class_name", "\"Bidirectional\"", "layer 1 ('lstm_1', Bidirectional) is bidirectional")]
    [InlineData(0, "class_name", "\"CuDNNLSTM\"", "load them into an LSTM or GRU")]
    [InlineData(0, "class_name", "\"SimpleRNN\"", "have the shape [20] where [5] is expected")]
    [InlineData(0, "class_name", "\"RNN\"", "('lstm_1', RNN) is of a class that cannot be imported; use Embedding, LSTM, GRU, SimpleRNN")]
    [InlineData(1, "class_name", "\"Masking\"", "layer 2 ('dropout_1', Masking) masks tokens")]
    [InlineData(1, "class_name", "\"Conv1D\"", "layer 2 ('dropout_1', Conv1D) is of a class that cannot be imported")]
    [InlineData(1, "class_name", "\"InputLayer\"", "is an input, but not the first layer")]
    [InlineData(1, "class_name", "\"Embedding\"", "only the first layer can be an embedding")]
    [InlineData(1, "class_name", "\"Softmax\"", "is a softmax before the Dense layer")]
    [InlineData(1, "class_name", "7", "layer 2 of its configuration has no class_name")]
    [InlineData(0, "go_backwards", "true", "reads the sequence backwards")]
    [InlineData(0, "return_state", "true", "returns its state")]
    [InlineData(0, "time_major", "true", "time_major")]
    [InlineData(0, "activation", "\"relu\"", "has the activation relu, but only tanh")]
    [InlineData(0, "recurrent_activation", "\"tanh\"", "has the recurrent_activation tanh")]
    [InlineData(0, "recurrent_activation", "null", "has no gate activation")]
    [InlineData(0, "units", "0", "has no positive units")]
    [InlineData(0, "units", "1.5", "has no positive units")]
    [InlineData(0, "units", "70000", "has 70000 units, but 65536")]
    [InlineData(0, "units", "6", "have the shape [20] where [24] is expected")]
    [InlineData(0, "use_bias", "false", "has 3 arrays of weights in the file, but 2 are expected")]
    [InlineData(0, "name", "\"other\"", "layer 1 ('other', LSTM) has 0 arrays of weights in the file, but 3 are expected")]
    [InlineData(0, "batch_input_shape", "[null, 9, 8]", "predicts 7 tokens, but the model reads 8")]
    [InlineData(0, "batch_input_shape", "[null, 9, 7, 1]", "3 dimensions besides the batch")]
    [InlineData(0, "batch_input_shape", "[null, 0, 7]", "its input has 0 steps")]
    [InlineData(2, "activation", "\"relu\"", "has the activation relu, but the Dense layer must have softmax")]
    [InlineData(2, "activation", "\"softmax\"", "is a second softmax")]
    [InlineData(2, "units", "1", "predicts only one token")]
    [InlineData(2, "class_name", "\"Dropout\"", "is a softmax before the Dense layer")]
    [InlineData(3, "activation", "\"sigmoid\"", "layer 4 ('activation_1', Activation) applies sigmoid")]
    public void Read_LayerThatCannotBeImported_IsNamed(int layer, string member, string value, string expected)
    {
        KerasFile file = new(new(new()), KerasDialect.Keras2);
        JsonObject edited = (JsonObject)(member == "class_name" ? file.Layers[layer]! : file.Layers[layer]!["config"]!);
        edited[member] = JsonNode.Parse(value);

        AssertRefused(file, expected);
    }

    [Theory]
    [InlineData("units", "6", "has 6 units and layer 1 ('lstm_1', LSTM) has 5")]
    [InlineData("recurrent_activation", "\"hard_sigmoid\"", "has other gates than layer 1")]
    public void Read_SecondLayerUnlikeTheFirst_IsNamed(string member, string value, string expected)
    {
        KerasFile file = new(new(new() { Layers = 2 }), KerasDialect.Keras2);
        file.Layers[2]!["config"]![member] = JsonNode.Parse(value);

        AssertRefused(file, $"layer 3 ('lstm_2', LSTM) {expected}");
    }

    [Fact]
    public void Read_GruOverLstm_IsRefused()
    {
        KerasFile file = new(new(new() { Layers = 2 }), KerasDialect.Keras2);
        file.Layers[2]!["class_name"] = "GRU";

        AssertRefused(file, "layer 3 ('lstm_2', GRU) is of another class than layer 1");
    }

    [Theory]
    [InlineData(0, "\"sigmoid\"", "layer 1 ('simple_rnn_1', SimpleRNN) has the activation sigmoid, but only tanh and relu can be imported")]
    [InlineData(2, "\"relu\"", "layer 3 ('simple_rnn_2', SimpleRNN) has another activation than layer 1 ('simple_rnn_1', SimpleRNN)")]
    public void Read_SimpleRnnOfAnotherActivation_IsNamed(int layer, string activation, string expected)
    {
        KerasFile file = new(new(new() { IsRnn = true, Layers = 2 }), KerasDialect.Keras2);
        file.Layers[layer]!["config"]!["activation"] = JsonNode.Parse(activation);

        AssertRefused(file, expected);
    }

    [Fact]
    public void Read_LowerLayerWithoutSequences_IsRefused()
    {
        KerasFile file = new(new(new() { Layers = 2 }), KerasDialect.Keras2);
        file.Layers[0]!["config"]!["return_sequences"] = false;

        AssertRefused(file, "layer 1 ('lstm_1', LSTM) returns only its last output");
    }

    [Fact]
    public void Read_FiveLayers_IsRefused() =>
        AssertRefused(new(new(new() { Layers = 5 }), KerasDialect.Keras2), "it has 5 recurrent layers, but only 1 to 4");

    [Fact]
    public void Read_MaskingEmbedding_IsRefused()
    {
        KerasFile file = new(new(new() { EmbeddingSize = 3 }), KerasDialect.Keras2);
        file.Layers[0]!["config"]!["mask_zero"] = true;

        AssertRefused(file, "masks token 0");
    }

    [Theory]
    [InlineData(3, "it has no Dense layer")]
    [InlineData(1, "precedes the recurrent layers")]
    public void Read_LayersMissing_SaysWhich(int removedFrom, string expected)
    {
        KerasFile file = new(new(new()), KerasDialect.Keras2);
        if (removedFrom == 1) file.Layers.RemoveAt(0);
        else foreach (int _ in Enumerable.Range(0, 2)) file.Layers.RemoveAt(2);

        AssertRefused(file, expected);
    }

    [Fact]
    public void Read_WeightThatIsNotFinite_IsRefused()
    {
        KerasSample sample = new(new());
        sample.DenseKernel[4] = float.NaN;

        AssertRefused(new(sample, KerasDialect.Keras2), "value 4 of the weights 'model_weights/dense_1/dense_1/kernel:0' is NaN");
    }

    [Fact]
    public void Read_Float64BeyondFloat_IsRefused()
    {
        KerasFile file = new(new(new()), KerasDialect.Keras2)
        {
            Change = weights => ((H5Group)((H5Group)weights["dense_1"])["dense_1"])["bias:0"] = new double[] { 0, 1e300, 0, 0, 0, 0, 0 },
        };

        AssertRefused(file, "value 1 of the weights 'model_weights/dense_1/dense_1/bias:0' is Infinity");
    }

    [Fact]
    public void Read_WeightsThatAreIntegers_IsRefused()
    {
        KerasFile file = new(new(new()), KerasDialect.Keras2)
        {
            Change = weights =>
            ((H5Group)((H5Group)weights["dense_1"])["dense_1"])["bias:0"] = new int[7]
        };

        AssertRefused(file, "'model_weights/dense_1/dense_1/bias:0' are not floating-point numbers");
    }

    [Fact]
    public void Read_LayerWithoutWeights_IsRefused() =>
        AssertRefused(new(new(new()), KerasDialect.Keras2) { Change = weights => weights.Remove("lstm_1") },
            "the weights of layer 1 ('lstm_1', LSTM) are missing");

    [Fact]
    public void Read_WeightsMissing_IsRefused()
    {
        KerasFile file = new(new(new()), KerasDialect.Keras2)
        {
            Change = weights => ((H5Group)((H5Group)weights["dense_1"])["dense_1"]).Remove("bias:0"),
        };

        AssertRefused(file, "the weights 'model_weights/dense_1/dense_1/bias:0' are missing");
    }

    [Fact]
    public void Read_Hdf5OfSomethingElse_IsRefused()
    {
        using MemoryStream stream = new();
        new H5File { ["lstm_1"] = new float[] { 1, 2 } }.Write(stream);

        Assert.Contains("without model_config, so it is not a Keras model", Error(stream.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "neither an HDF5 file")]
    [InlineData("class_name: Sequential", "neither an HDF5 file")]
    public void Read_NoSuchFormat_IsRefused(string text, string expected) =>
        Assert.Contains(expected, Error(System.Text.Encoding.ASCII.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void Read_ArchiveWithoutConfiguration_IsRefused() =>
        Assert.Contains("without 'config.json'", Error(KerasFile.Zip(("model.weights.h5", [1, 2, 3]))), StringComparison.Ordinal);

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.weights.h5")]
    public void Read_ArchiveOfFarMoreThanItsLength_IsRefusedUnread(string name)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            if (name != "config.json")
            {
                using (Stream config = archive.CreateEntry("config.json").Open()) config.Write(
                    """{"class_name": "Sequential", "config": {"layers": [{"class_name": "LSTM", "config": {}}]}}"""u8);
            }

            using Stream entry = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
            for (int block = 0; block < 100; block++) entry.Write(new byte[1 << 20]);
        }

        byte[] bytes = stream.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains($"its entry '{name}' is too long", Error(bytes), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_MissingFile_IsRefused() => Assert.Contains("there is no such file",
        Assert.Throws<ModelFileException>(() => KerasModel.Read("no/such/model.h5")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Folder_SaysThatSavedModelsCannotBeImported() => Assert.Contains(
        "SavedModel", Assert.Throws<ModelFileException>(() => KerasModel.Read(Path.GetTempPath())).Message, StringComparison.Ordinal);

    [Fact]
    public void ToLanguageModel_OtherSize_SaysBothNumbers()
    {
        KerasModel model = KerasModel.Read(new MemoryStream(new KerasFile(new(new()), KerasDialect.Keras2).ToBytes()));

        string message = Assert.Throws<ArgumentException>(() => model.ToLanguageModel(CharacterTokenizer.FromCharacters("abc"))).Message;
        Assert.Contains("has 3 tokens, but the model of 'stream' has 7", message, StringComparison.Ordinal);
    }

    private static void AssertRefused(KerasFile file, string expected) =>
        Assert.Contains(expected, Error(file.ToBytes()), StringComparison.Ordinal);

    private static string Error(byte[] bytes) => Assert.Throws<ModelFileException>(() => KerasModel.Read(new MemoryStream(bytes))).Message;
}
