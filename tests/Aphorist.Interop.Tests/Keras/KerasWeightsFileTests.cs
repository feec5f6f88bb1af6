using System.IO.Compression;
using System.Text.Json;
using Aphorist.Interop.Tests.Onnx;
using PureHDF;
using PureHDF.VOL.Native;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>Files for Keras 2: its formulas give with them what the engine gives with the model.</summary>
public sealed class KerasWeightsFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aphorist-test-").FullName;

    private string Path => System.IO.Path.Combine(folder, "model.h5");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("LSTM")]
    [InlineData("LSTM, hard gates")]
    [InlineData("LSTM, 3 layers, hard gates")]
    [InlineData("LSTM, embedding")]
    [InlineData("GRU")]
    [InlineData("GRU, reset before")]
    [InlineData("GRU, 2 layers, reset before")]
    [InlineData("GRU, 3 layers")]
    [InlineData("GRU, hard gates")]
    [InlineData("GRU, 3 layers, reset before, hard gates")]
    [InlineData("RNN")]
    [InlineData("RNN, relu")]
    [InlineData("RNN, 3 layers, relu, embedding")]
    public void Write_AnyChainOfLayers_ComputesWhatTheEngineDoes(string name)
    {
        OnnxCase example = OnnxCase.Of(name);
        KerasWeightsFile.Write(example.Model, Path);
        using Stream stream = File.OpenRead(Path);
        KerasForward keras = new(H5File.Open(stream));
        long[][] ids = example.Ids(batch: 1, length: 30);
        double[] expected = [.. example.Probabilities(ids)[0][^1]],
            actual = keras.Probabilities(ids[0], example.Model.Tokenizer.VocabularySize);
        Assert.Equal(expected.Length, actual.Length);
        // The engine rounds to 24 bits at each of 30 steps.
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Write_LayersAndArrays_AreDescribedAsKerasDoes()
    {
        LanguageModel model = OnnxCase.Of("GRU, 2 layers, reset before").Model;
        KerasWeightsFile.Write(model, Path);
        using Stream stream = File.OpenRead(Path);
        IH5Group file = H5File.Open(stream);
        KerasForward keras = new(file);
        Assert.Equal(["gru_1", "gru_2", "dense"], file.Group("model_weights").Attribute("layer_names").Read<string[]>());
        Assert.Equal(["InputLayer", "GRU", "GRU", "Dense"], keras.Layers.Select(layer => layer["class_name"]!.GetValue<string>()));
        Assert.Equal([true, false], keras.Layers[1..3].Select(layer => layer["config"]!["return_sequences"]!.GetValue<bool>()));
        // Nowhere else: Keras 3 understands it of an input only.
        Assert.Equal(
            ["[null,60,25]", null, null, null], keras.Layers.Select(layer => layer["config"]!["batch_input_shape"]?.ToJsonString()));
        ulong[][] shapes = [.. keras.Arrays("gru_1").Select(array => array.Shape)];
        Assert.Equal([[25UL, 36UL], [12UL, 36UL], [36UL]], shapes);
        Assert.Equal([[12UL, 25UL], [25UL]], keras.Arrays("dense").Select(array => array.Shape));
    }

    [Theory]
    [InlineData("RNN", "tanh")]
    [InlineData("RNN, relu", "relu")]
    public void Write_Rnn_IsASimpleRnnThatReadsBack(string name, string activation)
    {
        LanguageModel model = OnnxCase.Of(name).Model;
        KerasWeightsFile.Write(model, Path);
        using (Stream stream = File.OpenRead(Path))
        {
            KerasForward keras = new(H5File.Open(stream));
            Assert.Equal(["InputLayer", "SimpleRNN", "Dense"], keras.Layers.Select(layer => layer["class_name"]!.GetValue<string>()));
            Assert.Equal(activation, keras.Layers[1]["config"]!["activation"]!.GetValue<string>());
            Assert.Null(keras.Layers[1]["config"]!["recurrent_activation"]);
            Assert.Equal([[25UL, 12UL], [12UL, 12UL], [12UL]], keras.Arrays("simple_rnn_1").Select(array => array.Shape));
        }

        LanguageModel again = KerasModel.Read(Path).ToLanguageModel(model.Tokenizer);
        Assert.Equal(model.Spec, again.Spec);
        foreach (ParameterTensor tensor in model.Parameters.Tensors)
            Assert.Equal(model.Parameters.ToArray(tensor.Name), again.Parameters.ToArray(tensor.Name));
    }

    [Fact]
    public void Write_ArchiveOfStackedRnns_HasTheGroupsOfKeras3()
    {
        string path = System.IO.Path.Combine(folder, "model.keras");
        KerasWeightsFile.Write(OnnxCase.Of("RNN, 3 layers, relu, embedding").Model, path);
        using ZipArchive archive = ZipFile.OpenRead(path);
        using MemoryStream weights = new();
        archive.GetEntry("model.weights.h5")!.Open().CopyTo(weights);
        weights.Position = 0;
        NativeFile file = H5File.Open(weights);
        Assert.Equal(
            ["dense", "embedding", "simple_rnn", "simple_rnn_1", "simple_rnn_2"],
            file.Group("layers").Children().Select(child => child.Name).Order());
        Assert.Equal([12UL, 12UL], file.Dataset("layers/simple_rnn_2/cell/vars/1").Space.Dimensions);
    }

    [Fact]
    public void Write_Texts_HaveAFixedLengthAsTheirReadersDecodeThem()
    {
        KerasWeightsFile.Write(OnnxCase.Of("LSTM, embedding").Model, Path);
        using Stream stream = File.OpenRead(Path);
        NativeFile file = H5File.Open(stream);
        IH5Group weights = file.Group("model_weights");
        IEnumerable<IH5Attribute> texts = [.. file.Attributes(), .. weights.Attributes(), .. weights.Children().OfType<IH5Group>()
            .SelectMany(layer => layer.Attributes())];
        Assert.Equal(["backend", "keras_version", "layer_names", "model_config", "weight_names"],
            texts.Select(text => text.Name).Distinct().Order());
        // Texts of variable length are of another class.
        Assert.All(texts, text => Assert.Equal(H5DataTypeClass.String, text.Type.Class));
    }

    [Theory]
    [InlineData("LSTM", 0)]
    [InlineData("LSTM, 3 layers, hard gates", 1e-6)]
    [InlineData("LSTM, embedding", 0)]
    [InlineData("GRU, 2 layers, reset before", 1e-6)]
    [InlineData("GRU, hard gates", 1e-6)]
    [InlineData("GRU, 3 layers, reset before, hard gates", 1e-6)]
    [InlineData("RNN", 0)]
    [InlineData("RNN, relu", 0)]
    [InlineData("RNN, 3 layers, relu, embedding", 0)]
    public void Write_ArchiveOfKeras3_IsTheModelAgain(string name, double allowed)
    {
        LanguageModel model = OnnxCase.Of(name).Model;
        string path = System.IO.Path.Combine(folder, "model.keras");
        KerasWeightsFile.Write(model, path);
        KerasModel read = KerasModel.Read(path);
        LanguageModel again = read.ToLanguageModel(model.Tokenizer);
        Assert.Equal("3.0.0", read.KerasVersion);
        Assert.Equal(model.Spec, again.Spec);
        Assert.True(File.Exists(System.IO.Path.Combine(folder, "model.vocabulary.json")));
        foreach ((ParameterTensor written, ParameterTensor found) in model.Parameters.Tensors.Zip(again.Parameters.Tensors))
        {
            // Of a GRU that resets before the product, the two biases come back as their sum.
            if (model.Spec.ResetsBefore && written.Name.Contains("bias_", StringComparison.Ordinal)) continue;
            Assert.All(model.Parameters.GetValues(written).ToArray().Zip(again.Parameters.GetValues(found).ToArray()), pair =>
                Assert.Equal(pair.First, pair.Second, allowed));
        }
    }

    [Fact]
    public void Write_ArchiveOfKeras3_HasItsGroupsAndLargerGates()
    {
        LanguageModel model = OnnxCase.Of("LSTM, 3 layers, hard gates").Model;
        string path = System.IO.Path.Combine(folder, "model.keras");
        KerasWeightsFile.Write(model, path);
        using ZipArchive archive = ZipFile.OpenRead(path);
        using MemoryStream weights = new();
        archive.GetEntry("model.weights.h5")!.Open().CopyTo(weights);
        weights.Position = 0;
        NativeFile file = H5File.Open(weights);
        Assert.Equal(["layers", "vars"], file.Children().Select(child => child.Name).Order());
        Assert.Equal(["dense", "lstm", "lstm_1", "lstm_2"], file.Group("layers").Children().Select(child => child.Name).Order());
        float[] bias = file.Dataset("layers/lstm_2/cell/vars/2").Read<float[]>(),
            ours = model.Parameters.GetValues(model.Layout.Layers[2].Bias).ToArray();
        int hidden = model.Spec.HiddenSize;
        Assert.All(bias.Zip(ours).Index(), place =>
            Assert.Equal(place.Item.Second * (place.Index / hidden == 2 ? 1 : 1.2), place.Item.First, 1e-6));
    }

    [Theory]
    [InlineData(KerasFileKind.Keras2, "model.h5")]
    [InlineData(KerasFileKind.Keras3, "model.keras")]
    public void Write_Stream_GetsTheSameBytesAsAFile(KerasFileKind kind, string name)
    {
        LanguageModel model = OnnxCase.Of("LSTM").Model;
        string path = System.IO.Path.Combine(folder, name);
        using MemoryStream stream = new();
        KerasWeightsFile.Write(model, stream, kind);
        KerasWeightsFile.Write(model, path);
        Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
        Assert.Equal(File.ReadAllText(KerasWeightsFile.VocabularyPath(path)), KerasWeightsFile.VocabularyOf(model));
    }

    [Fact]
    public void Write_SameModelTwice_IsTheSameFile()
    {
        string path = System.IO.Path.Combine(folder, "model.keras");
        KerasWeightsFile.Write(OnnxCase.Of("LSTM").Model, path);
        byte[] first = File.ReadAllBytes(path);
        KerasWeightsFile.Write(OnnxCase.Of("LSTM").Model, path);
        Assert.Equal(first, File.ReadAllBytes(path));
    }

    [Fact]
    public void Write_Vocabulary_LiesBesideWithEachTokensId()
    {
        LanguageModel model = OnnxCase.Of("LSTM").Model;
        KerasWeightsFile.Write(model, Path);
        string json = File.ReadAllText(System.IO.Path.Combine(folder, "model.vocabulary.json"));
        Dictionary<string, int> ids = JsonSerializer.Deserialize<Dictionary<string, int>>(json)!;
        Assert.Equal(model.Tokenizer.VocabularySize, ids.Count);
        Assert.All(ids, entry => Assert.Equal(entry.Key, model.Tokenizer.Decode([entry.Value])));
    }

    [Fact]
    public void Write_ModelOfBytes_HasNoVocabularyFile()
    {
        KerasWeightsFile.Write(LanguageModel.Create(new ModelSpec { HiddenSize = 3 }, new ByteTokenizer()), Path);
        Assert.Equal([Path], Directory.EnumerateFiles(folder));
    }

    [Theory]
    [InlineData("convolution, 1 layer", "convolutions")]
    [InlineData("LSTM, 4 layers, all options", "a tied embedding")]
    [InlineData("LSTM, residual, hard gates", "residual connections")]
    [InlineData("LSTM, normalized", "layer normalization")]
    public void Write_ModelThatIsNoChain_IsRefusedAndNothingWritten(string name, string reason)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => KerasWeightsFile.Write(OnnxCase.Of(name).Model, Path));
        Assert.StartsWith($"A model with {reason} cannot be written for Keras", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder));
    }
}
