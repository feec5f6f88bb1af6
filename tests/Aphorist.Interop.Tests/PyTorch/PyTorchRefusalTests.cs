using System.Text;
using Aphorist.Interop.Tests.Keras;
using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>What cannot be imported is refused in a sentence that names the tensor and says why.</summary>
public sealed class PyTorchRefusalTests
{
    [Theory]
    [InlineData("rnn.weight_ih_l0_reverse", new[] { 20, 4 }, "tensor 'rnn.weight_ih_l0_reverse' belongs to a bidirectional module")]
    [InlineData("rnn.weight_hr_l0", new[] { 3, 5 }, "tensor 'rnn.weight_hr_l0' projects the hidden state")]
    [InlineData(
        "other.weight_ih_l0", new[] { 20, 4 }, "it has 2 recurrent modules, for example 'rnn.weight_ih_l0' and 'other.weight_ih_l0'")]
    [InlineData("rnn.weight_hh_l4", new[] { 20, 5 }, "tensor 'rnn.weight_hh_l4' belongs to layer 5, but only 1 to 4")]
    [InlineData("rnn.weight_hh_l2", new[] { 20, 5 }, "tensor 'rnn.weight_ih_l1' of shape [20, 5] is missing")]
    [InlineData("norm.weight", new[] { 5 }, "tensor 'norm.weight' of shape [5] does not belong to an embedding, LSTM, GRU, RNN or linear")]
    [InlineData("h0", new[] { 1, 1, 5 }, "tensor 'h0' of shape [1, 1, 5] does not belong to an embedding")]
    [InlineData("rnn.weight_ih_l01", new[] { 20, 4 }, "tensor 'rnn.weight_ih_l01' of shape [20, 4] does not belong to an embedding")]
    [InlineData("fc.weight", new[] { 5, 5 },
        "but it has 'embedding.weight' [7, 4], 'decoder.weight' [7, 5], 'decoder.bias' [7], 'fc.weight' [5, 5]")]
    [InlineData("embedding.bias", new[] { 7 }, "a decoder [tokens, 5], optionally with a bias, and optionally an embedding [tokens, 4]")]
    [InlineData("norm.bias", new[] { 5 }, "but it has 'embedding.weight' [7, 4]")]
    public void Read_OneMoreTensor_IsRefused(string name, int[] shape, string expected)
    {
        PyTorchSample sample = new(new() { EmbeddingSize = 4 });
        sample.Tensors[name] = Zeros(shape);

        AssertRefused(sample, expected);
    }

    [Theory]
    [InlineData("rnn.weight_hh_l0", new[] { 5, 5 }, "tensor 'rnn.weight_ih_l0' has shape [20, 4] where [5, 4] is expected")]
    [InlineData("rnn.weight_hh_l0", new[] { 18, 5 },
        "tensor 'rnn.weight_hh_l0' has shape [18, 5]; only nn.LSTM (four times as many rows as columns)")]
    [InlineData("rnn.weight_hh_l0", new[] { 24, 6 }, "a decoder [tokens, 6]")]
    [InlineData("rnn.weight_hh_l0", new[] { 20 }, "tensor 'rnn.weight_hh_l0' has shape [20] where a matrix is expected")]
    [InlineData("rnn.weight_hh_l0", new[] { 0, 0 }, "a hidden size of 0, but it must be 1 to 65536")]
    [InlineData("rnn.weight_hh_l0", new[] { 0, 65537 }, "a hidden size of 65537, but it must be 1 to 65536")]
    [InlineData("rnn.weight_ih_l0", new[] { 16, 4 }, "tensor 'rnn.weight_ih_l0' has shape [16, 4] where [20, 4] is expected")]
    [InlineData("rnn.weight_ih_l0", new[] { 20, 0 }, "so its input is empty")]
    [InlineData(
        "rnn.weight_ih_l0", new[] { 20, 6 }, "optionally an embedding [tokens, 6], "
        + "but it has 'embedding.weight' [7, 4]")]
    [InlineData("rnn.bias_ih_l0", new[] { 15 }, "tensor 'rnn.bias_ih_l0' has shape [15] where [20] is expected")]
    [InlineData(
        "embedding.weight", new[] { 8, 4 }, "the embedding 'embedding.weight' has 8 tokens, but the decoder 'decoder.weight' has 7")]
    [InlineData("decoder.bias", new[] { 8 }, "tensor 'decoder.bias' has shape [8] where [7] is expected")]
    [InlineData("rnn.weight_ih_l0", null, "tensor 'rnn.weight_ih_l0' is missing")]
    [InlineData("rnn.weight_hh_l0", null, "tensor 'rnn.weight_hh_l0' is missing")]
    [InlineData("rnn.bias_hh_l0", null, "tensor 'rnn.bias_hh_l0' of shape [20] is missing")]
    [InlineData("embedding.weight", null, "the first layer reads vectors of length 4, but the decoder 'decoder.weight' has 7 tokens")]
    [InlineData("decoder.weight", null, "a decoder [tokens, 5]")]
    public void Read_TensorMissingOrOfAnotherShape_IsRefused(string name, int[]? shape, string expected)
    {
        PyTorchSample sample = new(new() { EmbeddingSize = 4 });
        if (shape is null) sample.Tensors.Remove(name);
        else sample.Tensors[name] = Zeros(shape);

        AssertRefused(sample, expected);
    }

    [Theory]
    [InlineData(float.NaN, "'rnn.weight_hh_l0' has the value NaN at [18, 3]")]
    [InlineData(float.NegativeInfinity, "'rnn.weight_hh_l0' has the value -Infinity at [18, 3]")]
    public void Read_ValueThatIsNotFinite_NamesTensorAndPlace(float value, string expected)
    {
        PyTorchSample sample = new(new());
        sample.Tensors["rnn.weight_hh_l0"].Values[18 * 5 + 3] = value;

        AssertRefused(sample, expected);
    }

    [Fact]
    public void Read_SingleToken_IsRefused() =>
        AssertRefused(new(new() { VocabularySize = 1 }), "tensor 'decoder.weight' has 1 rows, but the number of tokens must be 2 to");

    [Fact]
    public void Read_EmbeddingAndDecoderAlikeInAllRespects_IsRefused()
    {
        PyTorchSample sample = new(new() { EmbeddingSize = 5, HasDecoderBias = false });

        Assert.Contains(
            "but it has 'a.weight' [7, 5], 'b.weight' [7, 5]",
            Error(new StateDictFile { Tensors = sample.Tensors }.Renamed(name =>
                name.Replace("embedding.", "a.", StringComparison.Ordinal).Replace("decoder.", "b.", StringComparison.Ordinal)).ToBytes()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoRecurrentModule_SaysWhatThereIs()
    {
        PyTorchSample sample = new(new());
        foreach (string name in sample.Tensors.Keys.Where(name => name.StartsWith("rnn", StringComparison.Ordinal)).ToArray())
            sample.Tensors.Remove(name);

        AssertRefused(
            sample, "it has no tensor named weight_ih_l0 or weight_hh_l0, so it contains no nn.LSTM, nn.GRU or nn.RNN; it has "
            + "'decoder.weight' [7, 5], "
            + "'decoder.bias' [7]");
    }

    [Fact]
    public void Read_IntegerTensor_IsRefused()
    {
        byte[] file = new StateDictFile { Tensors = new PyTorchSample(new()).Tensors }.ToBytes();
        string text = Encoding.Latin1.GetString(file);
        int place = text.IndexOf("F32", StringComparison.Ordinal);

        Assert.Contains("tensor 'rnn.weight_ih_l0' is I32 where F32, F16, BF16 or F64 is expected",
            Error(Encoding.Latin1.GetBytes(text[..place] + "I" + text[(place + 1)..])), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OurOwnModelFile_SaysThatItIsOne()
    {
        StateDictFile file = new() { Tensors = new PyTorchSample(new()).Tensors };
        file.Metadata["aphorist"] = "{}";

        Assert.Contains("it is already a model file of Aphorist", Error(file.ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutOff_IsRefused()
    {
        byte[] file = new StateDictFile { Tensors = new PyTorchSample(new()).Tensors }.ToBytes();

        Assert.Contains("was cut off", Error(file[..^1]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("archive/data.pkl")]
    [InlineData("model/data.pkl")]
    public void Read_WhatTorchSaveWrites_SaysHowToSaveIt(string entry) =>
        Assert.Contains("safetensors.torch.save_file(torch.load('model.pt'",
            Error(KerasFile.Zip((entry, [1, 2, 3]), ("archive/version", [51, 10]))), StringComparison.Ordinal);

    [Fact]
    public void Read_WhatTorchSaveWroteBeforeZip_SaysHowToSaveIt() =>
        Assert.Contains("can run code when it is loaded",
            Error([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]), StringComparison.Ordinal);

    [Fact]
    public void Read_MissingFile_IsRefused() => Assert.Contains("there is no such file",
        Assert.Throws<ModelFileException>(() => PyTorchModel.Read("no/such/weights.safetensors")).Message, StringComparison.Ordinal);

    private static StateDictTensor Zeros(int[] shape) => new(new float[shape.Aggregate(1, (product, size) => product * size)], shape);

    private static void AssertRefused(PyTorchSample sample, string expected) =>
        Assert.Contains(expected, Error(new StateDictFile { Tensors = sample.Tensors }.ToBytes()), StringComparison.Ordinal);

    private static string Error(byte[] bytes) =>
        Assert.Throws<ModelFileException>(() => PyTorchModel.Read(new MemoryStream(bytes))).Message;
}
