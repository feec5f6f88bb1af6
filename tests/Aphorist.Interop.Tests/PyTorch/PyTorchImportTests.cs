using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>
/// Made-up state dicts, in all forms in which PyTorch may save them, predict what the reference makes of the same weights in double
/// precision.
/// </summary>
public sealed class PyTorchImportTests
{
    private static readonly CharacterTokenizer Letters = CharacterTokenizer.FromCharacters("abcdefg");

    [Theory]
    [InlineData(false, 1, 0)]
    [InlineData(false, 2, 0)]
    [InlineData(false, 3, 4)]
    [InlineData(false, 4, 5)]
    [InlineData(true, 1, 0)]
    [InlineData(true, 2, 4)]
    [InlineData(true, 3, 0)]
    [InlineData(true, 4, 5)]
    public void Read_AnyShape_PredictsAsTheReference(bool isGru, int layers, int embedding)
    {
        PyTorchShape shape = new() { IsGru = isGru, Layers = layers, EmbeddingSize = embedding };

        PyTorchModel model = AssertPredicts(new(shape));

        Assert.Equal(
            new ModelSpec
            {
                Architecture = isGru ? Architecture.Gru : Architecture.Lstm,
                HiddenSize = 5,
                Layers = layers,
                EmbeddingSize = embedding,
                Gates = GateActivation.Sigmoid,
            },
            model.Spec);
        Assert.Equal(7, model.VocabularySize);
    }

    [Theory]
    [InlineData(Activation.Tanh, 1, 0, true)]
    [InlineData(Activation.Tanh, 4, 5, true)]
    [InlineData(Activation.Tanh, 2, 4, false)]
    [InlineData(Activation.Relu, 1, 0, true)]
    [InlineData(Activation.Relu, 3, 4, true)]
    public void Read_Rnn_PredictsAsTheReference(Activation activation, int layers, int embedding, bool hasBias)
    {
        PyTorchSample sample = new(new() { IsRnn = true, Layers = layers, EmbeddingSize = embedding, HasBias = hasBias });
        byte[] file = new StateDictFile { Tensors = sample.Tensors }.ToBytes();

        PyTorchModel model = PyTorchModel.Read(file, activation: activation);

        Predictions.AssertAre(sample.ToReference(activation == Activation.Relu), model.ToLanguageModel(Letters));
        Assert.Equal(
            new ModelSpec
            {
                Architecture = Architecture.Rnn,
                Activation = activation,
                HiddenSize = 5,
                Layers = layers,
                EmbeddingSize = embedding,
            },
            model.Spec);
        // As in PyTorch, tanh is the default.
        Assert.Equal(model.Spec with { Activation = Activation.Tanh }, PyTorchModel.Read(file).Spec);
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Read_WithoutBiases_PredictsAsTheReference(bool isGru, bool hasBias, bool hasDecoderBias) =>
        AssertPredicts(new(new() { IsGru = isGru, Layers = 2, EmbeddingSize = 4, HasBias = hasBias, HasDecoderBias = hasDecoderBias }));

    [Theory]
    [InlineData("F64")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Read_OtherFloatingPointType_PredictsAsTheReference(string dataType)
    {
        PyTorchSample sample = new(new() { EmbeddingSize = 4 });
        AssertPredicts(sample, new() { Tensors = sample.Tensors, DataType = dataType });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_ShuffledTensorsAndMoreMetadata_PredictsAsTheReference(int seed)
    {
        PyTorchSample sample = new(new() { IsGru = true, Layers = 3, EmbeddingSize = 4 });
        StateDictFile file = new StateDictFile { Tensors = sample.Tensors }.Shuffled(seed);
        file.Metadata["format"] = "pt";
        file.Metadata["epoch \"7\""] = "\u00e9\n{}";

        AssertPredicts(sample, file);
    }

    [Theory]
    [InlineData("", "encoder.", "fc.")]
    [InlineData("lstm.", "embed.", "head.")]
    [InlineData("model.gru.", "model.word_embeddings.", "model.linear.")]
    [InlineData("module.net.encoder.rnn.", "module.net.encoder.0.", "module.net.out.1.")]
    public void Read_OtherAttributes_PredictsAsTheReference(string recurrent, string embedding, string decoder)
    {
        PyTorchSample sample = new(new() { Layers = 2, EmbeddingSize = 4 });

        AssertPredicts(sample, new StateDictFile { Tensors = sample.Tensors }.Renamed(name => name
            .Replace("rnn.", recurrent, StringComparison.Ordinal).Replace("embedding.", embedding, StringComparison.Ordinal)
                .Replace("decoder.", decoder, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("encoder.", "decoder.")]
    [InlineData("Embedding_1.", "projection.")]
    public void Read_EmbeddingAndDecoderOfOneShapeWithoutBias_AreToldByTheirNames(string embedding, string decoder)
    {
        PyTorchSample sample = new(new() { EmbeddingSize = 5, HasDecoderBias = false });

        AssertPredicts(sample, new StateDictFile { Tensors = sample.Tensors }.Renamed(name => name
            .Replace("embedding.", embedding, StringComparison.Ordinal).Replace("decoder.", decoder, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("embedding.weight")]
    [InlineData("decoder.weight")]
    [InlineData("")]
    public void Read_TiedWeights_AreTied(string left)
    {
        PyTorchSample sample = new(new() { Layers = 2, EmbeddingSize = 5, IsTied = true });
        OrderedDictionary<string, StateDictTensor> tensors = new(sample.Tensors);
        if (left.Length > 0) tensors.Remove(left);

        PyTorchModel model = AssertPredicts(sample, new() { Tensors = tensors });

        Assert.True(model.Spec.TiedEmbedding);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, true)]
    public void Read_AsManyTokensAsUnitsAndOneMatrix_IsTiedIfThatIsCalledEmbedding(int embedding, bool isTied)
    {
        PyTorchSample sample = new(new() { HiddenSize = 7, EmbeddingSize = embedding, IsTied = isTied });
        OrderedDictionary<string, StateDictTensor> tensors = new(sample.Tensors);
        if (isTied) tensors.Remove("decoder.weight");

        Assert.Equal(isTied, AssertPredicts(sample, new() { Tensors = tensors }).Spec.TiedEmbedding);
    }

    [Fact]
    public void Read_HeaderWhoseLengthBeginsLikeAPickle_IsRead()
    {
        PyTorchSample sample = new(new());
        StateDictFile file = new() { Tensors = sample.Tensors };
        file.Metadata["pad"] = "";
        while (file.ToBytes() is not [0x80, 2, ..]) file.Metadata["pad"] += "x";

        AssertPredicts(sample, file);
    }

    [Fact]
    public void Read_Window_IsTheOneGivenOrTheUsualOne()
    {
        byte[] file = new StateDictFile { Tensors = new PyTorchSample(new()).Tensors }.ToBytes();

        Assert.Equal((60, 40),
            (PyTorchModel.Read(new MemoryStream(file)).Spec.Window, PyTorchModel.Read(new MemoryStream(file), window: 40).Spec.Window));
        Assert.Throws<ArgumentOutOfRangeException>(() => PyTorchModel.Read(new MemoryStream(file), window: 0));
    }

    [Fact]
    public void ToLanguageModel_OtherOrder_PredictsTheSameCharacters()
    {
        foreach (int embedding in new[] { 0, 4, 5 })
        {
            PyTorchSample sample = new(new() { EmbeddingSize = embedding, IsTied = embedding == 5 });
            PyTorchModel model = PyTorchModel.Read(new MemoryStream(new StateDictFile { Tensors = sample.Tensors }.ToBytes()));
            VocabularyOrder.AssertIsOfNoMatter(model);
        }
    }

    [Fact]
    public void ToLanguageModel_Imported_TellsItsOrigin()
    {
        PyTorchModel model = PyTorchModel.Read(
            new MemoryStream(new StateDictFile { Tensors = new PyTorchSample(new()).Tensors }.ToBytes()), "folder/weights.safetensors");

        Assert.Equal(new ModelOrigin { Program = "PyTorch", File = "weights.safetensors" }, model.ToLanguageModel(Letters).Origin);
    }

    [Fact]
    public void ToLanguageModel_OtherSize_SaysBothNumbers()
    {
        PyTorchModel model = PyTorchModel.Read(
            new MemoryStream(new StateDictFile { Tensors = new PyTorchSample(new()).Tensors }.ToBytes()));

        string message = Assert.Throws<ArgumentException>(() => model.ToLanguageModel(CharacterTokenizer.FromCharacters("abc"))).Message;
        Assert.Contains("has 3 tokens, but the model of 'stream' has 7", message, StringComparison.Ordinal);
    }

    private static PyTorchModel AssertPredicts(PyTorchSample sample, StateDictFile? file = null)
    {
        PyTorchModel model = PyTorchModel.Read(new MemoryStream((file ?? new() { Tensors = sample.Tensors }).ToBytes()));
        Predictions.AssertAre(sample.ToReference(), model.ToLanguageModel(Letters));
        return model;
    }
}
