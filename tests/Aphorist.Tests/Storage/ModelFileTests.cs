using Aphorist.Model;
using Aphorist.Storage;
using Aphorist.Tests.Model;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Storage;

public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static ModelSpec Convolutions { get; } = new() { Architecture = Architecture.Convolution, HiddenSize = 5, Layers = 2, KernelSize = 4 };

    private string FilePath => folder.File("model.safetensors");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Save_AnyModel_LoadsBitForBit() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[2, 70], Gen.Enum<GateActivation>()).Sample(
            (hiddenSize, vocabularySize, gates) =>
            {
                string characters = string.Concat(Enumerable.Range(0x4e00, vocabularySize).Select(code => (char)code));
                LanguageModel model = SampleModel.Make(hiddenSize, characters, gates);
                model.Save(FilePath);
                LanguageModel loaded = LanguageModel.Load(FilePath);
                Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
                Assert.Equal(model.Spec, loaded.Spec);
                Assert.Equal(characters, loaded.Tokenizer.Decode([.. Enumerable.Range(0, vocabularySize)]));
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void Save_LayersOfEveryKind_LoadBitForBit()
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            LanguageModel model = SampleModel.Make(kind with { HiddenSize = 5, Layers = 2, EmbeddingSize = 3 });
            LanguageModel loaded = Reload(model);
            Assert.Equal(model.Spec, loaded.Spec);
            Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        }
    }

    [Fact]
    public void Save_TiedEmbedding_HasNoDecoderWeightAndLoadsBitForBit()
    {
        LanguageModel model = SampleModel.Make(new ModelSpec { HiddenSize = 5, EmbeddingSize = 5, TiedEmbedding = true });
        LanguageModel loaded = Reload(model);
        Assert.Equal(model.Spec, loaded.Spec);
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        string[] expected = ["embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "decoder.bias"];
        Assert.Equal(expected, ModelFile.Inspect(FilePath).Tensors.Select(tensor => tensor.Name));
    }

    [Theory]
    [InlineData("\"embeddingSize\":5", "\"embeddingSize\":4", "tied to the decoder, but its size is 4 where the hidden size is 5")]
    [InlineData("\"embeddingSize\":5,", "", "tied to the decoder, but its size is 0 where the hidden size is 5")]
    [InlineData("\"tiedEmbedding\":true,", "", "'decoder.weight' of shape [3, 5] is missing")]
    public void Load_ChangedDescriptionOfATiedModel_SaysWhatIsWrong(string before, string after, string problem)
    {
        Write(SampleModel.Make(new ModelSpec { HiddenSize = 5, EmbeddingSize = 5, TiedEmbedding = true }), description =>
        {
            Assert.Contains(before, description, StringComparison.Ordinal);
            return description.Replace(before, after, StringComparison.Ordinal);
        });
        Assert.Contains(problem, LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_ResidualNormalizedLayersOfEveryKind_LoadBitForBit()
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            LanguageModel model = SampleModel.Make(LayerKinds.Connect(kind with { HiddenSize = 5, Layers = 2 }));
            LanguageModel loaded = Reload(model);
            Assert.Equal(model.Spec, loaded.Spec);
            Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
            string[] expected = ["layer_norm.weight_l0", "layer_norm.bias_l0", "layer_norm.weight_l1", "layer_norm.bias_l1"];
            Assert.Equal(expected, ModelFile.Inspect(FilePath).Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith("layer_norm", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("\"lstm-residual\"", "\"lstm\"", null)]
    [InlineData("\"layers\":2,", "", "'lstm-residual', whose residual connections need two layers or more, but it has one layer")]
    [InlineData("\"layers\":2,", "\"layers\":1,", "need two layers or more, but it has one layer")]
    [InlineData("\"layerNormalization\":true,", "", "unexpected tensor 'layer_norm.weight_l0'")]
    public void Load_ChangedDescriptionOfResidualNormalizedLayers_SaysWhatIsWrong(string before, string after, string? problem)
    {
        Write(SampleModel.Make(new ModelSpec { HiddenSize = 5, Layers = 2, Residual = true, LayerNormalization = true }), description =>
        {
            Assert.Contains(before, description, StringComparison.Ordinal);
            return description.Replace(before, after, StringComparison.Ordinal);
        });
        if (problem is not null) Assert.Contains(problem, LoadError(), StringComparison.Ordinal);
        else Assert.False(LanguageModel.Load(FilePath).Spec.Residual);
    }

    [Fact]
    public void Load_GruOfAnEarlierVersion_ResetsAfterTheProduct()
    {
        Write(SampleModel.Make(new ModelSpec { Architecture = Architecture.Gru, HiddenSize = 5 }), description =>
        {
            Assert.Contains("{\"kind\":\"gru\",\"hiddenSize\":5,\"layers\":1,\"embeddingSize\":0,\"window\":60,\"gates\":\"hard-sigmoid\"}", description, StringComparison.Ordinal);
            return description;
        });
        Assert.Equal((Architecture.Gru, ResetGate.After), (LanguageModel.Load(FilePath).Spec.Architecture, LanguageModel.Load(FilePath).Spec.ResetGate));
    }

    [Fact]
    public void Save_TrainedModel_KeepsVocabularyNormalizationAndRecord()
    {
        LanguageModel model = SampleModel.Make();
        model.Training = SampleModel.Training;
        model.Parameters.Values[model.Parameters.Tensors[2].Offset] = -0f;
        model.Save(FilePath);
        LanguageModel loaded = LanguageModel.Load(FilePath);
        Assert.Equal(model.Training, loaded.Training);
        Assert.True(loaded.Tokenizer.Normalization.Lowercase);
        Assert.Equal("\n \"\\ab\u00e9\u4e2d\U0001F600", loaded.Tokenizer.Decode([.. Enumerable.Range(0, 9)]));
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        Assert.Null(Reload(SampleModel.Make()).Training);
    }

    [Fact]
    public void Save_Tensors_HavePyTorchsNamesShapesAndOrder()
    {
        LanguageModel model = SampleModel.Make(hiddenSize: 5);
        model.Save(FilePath);
        using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
        string[] expected =
        [
            "lstm.weight_ih_l0 [20, 9]", "lstm.weight_hh_l0 [20, 5]", "lstm.bias_ih_l0 [20]", "lstm.bias_hh_l0 [20]",
            "decoder.weight [9, 5]", "decoder.bias [9]",
        ];
        Assert.Equal(expected, reader.Tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        Assert.Equal("pt", reader.Metadata["format"]);

        float[] recurrent = new float[20 * 5];
        reader.Read("lstm.weight_hh_l0", recurrent);
        ReadOnlySpan<float> memory = model.Parameters.ValuesOf(model.Parameters.Tensors[1]);
        for (int row = 0; row < 20; row++)
            for (int column = 0; column < 5; column++) Assert.Equal(memory[column * 20 + row], recurrent[row * 5 + column]);
    }

    [Fact]
    public void Save_Convolutions_HavePyTorchsShapesAndOrder()
    {
        LanguageModel model = SampleModel.Make(Convolutions);
        model.Save(FilePath);
        using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
        string[] expected =
        [
            "convolution.0.weight [10, 3, 4]", "convolution.0.bias [10]", "convolution.1.weight [10, 5, 4]", "convolution.1.bias [10]",
            "decoder.weight [3, 5]", "decoder.bias [3]",
        ];
        Assert.Equal(expected, reader.Tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        float[] kernel = new float[10 * 5 * 4];
        reader.Read("convolution.1.weight", kernel);
        ReadOnlySpan<float> memory = model.Parameters.ValuesOf(model.Layout.Layers[1].InputKernel);
        for (int row = 0; row < 10; row++)
            for (int input = 0; input < 5; input++)
                for (int place = 0; place < 4; place++) Assert.Equal(memory[(input * 4 + place) * 10 + row], kernel[(row * 5 + input) * 4 + place]);
    }

    [Theory]
    [InlineData("\"kernelSize\":4,", "", "its layers are convolutions but it has no kernel size")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":1", "kernel size is 1")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":-4", "kernel size is -4")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":65", "kernel size is 65, of which its layers see 4225 tokens")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":5", "'convolution.0.weight' has shape [10, 3, 4] where [10, 3, 5] is expected")]
    [InlineData("\"layers\":2", "\"layers\":13", "13 layers, which is not between 1 and 12")]
    [InlineData("\"kind\":\"convolution\"", "\"kind\":\"convolution-residual\"", "its architecture is 'convolution-residual' and this program knows")]
    [InlineData("\"kind\":\"convolution\"", "\"kind\":\"lstm\"", "'lstm.weight_ih_l0' of shape [20, 3] is missing")]
    public void Load_ChangedDescriptionOfConvolutions_SaysWhatIsWrong(string before, string after, string problem)
    {
        Write(SampleModel.Make(Convolutions), description =>
        {
            Assert.Contains(before, description, StringComparison.Ordinal);
            return description.Replace(before, after, StringComparison.Ordinal);
        });
        Assert.Contains(problem, LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ConvolutionWithAValueThatIsNotFinite_NamesAllIndices()
    {
        LanguageModel model = SampleModel.Make(Convolutions);
        model.Parameters.ValuesOf(model.Layout.Layers[1].InputKernel)[(2 * 4 + 3) * 10 + 7] = float.NaN;
        model.Save(FilePath);
        Assert.Contains("'convolution.1.weight' has the value NaN at [7, 2, 3]", LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoBiases_AddsThem()
    {
        LanguageModel model = SampleModel.Make();
        Write(model, values: (name, values) =>
        {
            if (name == "lstm.bias_ih_l0") values.AsSpan().Fill(0.25f);
            if (name == "lstm.bias_hh_l0") values.AsSpan().Fill(0.5f);
        });
        LanguageModel loaded = LanguageModel.Load(FilePath);
        Assert.All(loaded.Parameters.ValuesOf(loaded.Parameters.Tensors[2]).ToArray(), value => Assert.Equal(0.75f, value));
    }

    [Fact]
    public void Inspect_Model_TellsEverythingButWeights()
    {
        LanguageModel model = SampleModel.Make();
        model.Training = SampleModel.Training;
        model.Save(FilePath);
        ModelFileInfo info = ModelFile.Inspect(FilePath);
        Assert.Equal((model.Spec, model.Training, 9, 1), (info.Spec, info.Training, info.Tokenizer.Count, info.FormatVersion));
        Assert.Equal((ModelFile.LibraryVersion, new FileInfo(FilePath).Length, 6), (info.AphoristVersion, info.FileLength, info.Tensors.Count));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void Load_ValueThatIsNotFinite_NamesTensorAndPlace(float value, string name)
    {
        LanguageModel model = SampleModel.Make(hiddenSize: 5);
        model.Parameters.ValuesOf(model.Parameters.Tensors[1])[3 * 20 + 18] = value;
        model.Save(FilePath);
        Assert.Contains($"'lstm.weight_hh_l0' has the value {name} at [18, 3]", LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ForeignSafetensors_SaysSo()
    {
        Write(SampleModel.Make(), _ => null);
        Assert.Contains("not a model of Aphorist", LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":2", "format version is 2")]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":0", "format version is 0")]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":1.5", "damaged at $.formatVersion")]
    [InlineData("\"kind\":\"lstm\"", "\"kind\":\"transformer\"", "architecture is 'transformer'")]
    [InlineData("\"kind\":\"characters\"", "\"kind\":\"syllables\"", "tokenizer is 'syllables' and this program knows")]
    [InlineData("\"kind\":\"characters\"", "\"kind\":\"words\"", "tokenizer is 'words' but it has no tokens")]
    [InlineData("\"kind\":\"characters\"", "\"kind\":\"bytes\"", "has shape [20, 9] where [20, 256] is expected")]
    [InlineData("\"vocabulary\":", "\"letters\":", "tokenizer is 'characters' but it has no vocabulary")]
    [InlineData("hard-sigmoid", "softsign", "damaged at $.architecture.gates")]
    [InlineData("\"hiddenSize\":5", "\"hiddenSize\":6", "'lstm.weight_ih_l0' has shape [20, 9] where [24, 9] is expected")]
    [InlineData("\"hiddenSize\":5", "\"hiddenSize\":2000000000", "hidden size is 2000000000")]
    [InlineData("\"hiddenSize\":5", "\"hiddenSize\":-5", "hidden size is -5")]
    [InlineData("\"window\":7", "\"window\":0", "window is 0")]
    [InlineData("\"window\":7,", "", "damaged")]
    [InlineData("\\n \\\"", "\\n  \\\"", "repeats a character (U+0020 after U+0020)")]
    [InlineData("ab\u00e9", "ba\u00e9", "not sorted")]
    [InlineData("ab\u00e9", "ab\u00e9\u00ea", "has shape [20, 9] where [20, 10] is expected")]
    [InlineData("\\n \\\"\\\\ab\u00e9\u4e2d\\uD83D\\uDE00", "a", "vocabulary has 1 characters")]
    [InlineData("\\uD83D\\uDE00", "\\uD83D", "damaged")]
    [InlineData("\"lowercase\":true", "\"lowercase\":null", "damaged at $.normalization.lowercase")]
    public void Load_ChangedDescription_SaysWhatIsWrong(string before, string after, string problem)
    {
        Write(SampleModel.Make(), description =>
        {
            Assert.Contains(before, description, StringComparison.Ordinal);
            return description.Replace(before, after, StringComparison.Ordinal);
        });
        Assert.Contains(problem, LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"formatVersion\":1}")]
    public void Load_DescriptionOfAnotherKind_SaysItIsDamaged(string description)
    {
        Write(SampleModel.Make(), _ => description);
        Assert.Contains("(metadata 'aphorist') is damaged", LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decoder.bias", "decoder.biases", "'decoder.bias' of shape [9] is missing")]
    [InlineData("", "extra", "unexpected tensor 'extra'")]
    public void Load_OtherTensorNames_SaysWhichOneIsWrong(string renamed, string name, string problem)
    {
        Write(SampleModel.Make(), rename: tensor => tensor == renamed ? name : tensor, extra: renamed.Length == 0 ? name : null);
        Assert.Contains(problem, LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_IntoMissingFolder_SaysWhere()
    {
        string path = folder.File("missing/model.safetensors");
        Assert.Contains(path, Assert.ThrowsAny<IOException>(() => SampleModel.Make().Save(path)).Message, StringComparison.Ordinal);
    }

    private LanguageModel Reload(LanguageModel model)
    {
        model.Save(FilePath);
        return LanguageModel.Load(FilePath);
    }

    private string LoadError()
    {
        string message = Assert.Throws<ModelFileException>(() => LanguageModel.Load(FilePath)).Message;
        Assert.Contains(FilePath, message, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Writes a model's file again with something changed in it.</summary>
    private void Write(
        LanguageModel model,
        Func<string, string?>? describe = null,
        Func<string, string>? rename = null,
        string? extra = null,
        Action<string, float[]>? values = null)
    {
        string original = folder.File("original.safetensors");
        model.Save(original);
        using SafetensorsReader reader = SafetensorsReader.Open(original);
        using SafetensorsWriter writer = new(FilePath);
        rename ??= name => name;
        string description = reader.Metadata["aphorist"];
        if ((describe is null ? description : describe(description)) is { } changed) writer.SetMetadata("aphorist", changed);
        foreach (SafetensorsTensor tensor in reader.Tensors) writer.Declare(rename(tensor.Name), [.. tensor.Shape]);
        if (extra is not null) writer.Declare(extra, 1);
        foreach (SafetensorsTensor tensor in reader.Tensors)
        {
            float[] buffer = new float[tensor.Count];
            reader.Read(tensor.Name, buffer);
            values?.Invoke(tensor.Name, buffer);
            writer.Write(rename(tensor.Name), buffer);
        }

        if (extra is not null) writer.Write(extra, [1f]);
        writer.Commit();
    }
}
