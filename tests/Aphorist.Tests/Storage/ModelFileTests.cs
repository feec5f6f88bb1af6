using Aphorist.Tests.Model;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Saving and loading model files.</summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly StoredModel file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Save_AnyModel_LoadsBitForBit() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[2, 70], Gen.Enum<GateActivation>()).Sample(
            (hiddenSize, vocabularySize, gates) =>
            {
                string characters = string.Concat(Enumerable.Range(0x4e00, vocabularySize).Select(code => (char)code));
                LanguageModel model = SampleModel.Make(hiddenSize, characters, gates);
                model.Save(file.Path);
                LanguageModel loaded = LanguageModel.Load(file.Path);
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
            LanguageModel loaded = file.Reload(model);
            Assert.Equal(model.Spec, loaded.Spec);
            Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        }
    }

    [Fact]
    public void Load_GruOfAnEarlierVersion_ResetsAfterTheProductWithLogisticGates()
    {
        // Older files of GRUs have no reset gate, and name the default activation of LSTMs.
        file.SaveChanged(
            SampleModel.Make(new ModelSpec { Architecture = Architecture.Gru, HiddenSize = 5 }),
            "{\"kind\":\"gru\",\"hiddenSize\":5,\"layers\":1,\"embeddingSize\":0,\"window\":60,\"gates\":\"sigmoid\"}",
            "{\"kind\":\"gru\",\"hiddenSize\":5,\"layers\":1,\"embeddingSize\":0,\"window\":60,\"gates\":\"hard-sigmoid\"}");

        ModelSpec spec = LanguageModel.Load(file.Path).Spec;

        Assert.Equal((Architecture.Gru, ResetGate.After, GateActivation.Sigmoid), (spec.Architecture, spec.ResetGate, spec.Gates));
    }

    [Theory]
    [InlineData(ResetGate.After, false, "gru-hard-sigmoid")]
    [InlineData(ResetGate.Before, true, "gru-reset-before-hard-sigmoid-residual")]
    public void Save_GruWithHardSigmoidGates_HasAKindOfItsOwn(ResetGate reset, bool residual, string kind)
    {
        ModelSpec spec = new()
        {
            Architecture = Architecture.Gru,
            HiddenSize = 5,
            Layers = 2,
            ResetGate = reset,
            Residual = residual,
            Gates = GateActivation.HardSigmoid,
        };

        file.SaveChanged(SampleModel.Make(spec), $"\"kind\":\"{kind}\"", $"\"kind\":\"{kind}\"");

        Assert.Equal(spec, LanguageModel.Load(file.Path).Spec);
    }

    [Theory]
    [InlineData(Activation.Tanh, false, "rnn")]
    [InlineData(Activation.Relu, false, "rnn-relu")]
    [InlineData(Activation.Tanh, true, "rnn-residual")]
    [InlineData(Activation.Relu, true, "rnn-relu-residual")]
    public void Save_Rnn_HasAKindThatNamesItsActivation(Activation activation, bool residual, string kind)
    {
        ModelSpec spec = new()
        {
            Architecture = Architecture.Rnn,
            HiddenSize = 5,
            Layers = 2,
            Activation = activation,
            Residual = residual,
        };

        file.SaveChanged(SampleModel.Make(spec), $"\"kind\":\"{kind}\"", $"\"kind\":\"{kind}\"");

        Assert.Equal(spec, LanguageModel.Load(file.Path).Spec);
        Assert.Equal(
            ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"],
            ModelFileInfo.Read(file.Path).Tensors.Select(tensor => tensor.Name).Take(4));
    }

    [Fact]
    public void Save_ImportedModel_KeepsItsOrigin()
    {
        LanguageModel model = SampleModel.Make();
        Assert.Null(file.Reload(model).Origin);
        model.Origin = new() { Program = "Keras", Version = "2.4.0", File = "model.h5", Optimizer = "RMSprop", LearningRate = 0.01 };

        Assert.Equal(model.Origin, file.Reload(model).Origin);
        Assert.Equal(
            model.Origin, file.Reload(model).ExtendVocabulary(Corpus.FromText("new", normalization: model.Tokenizer.Normalization)).Origin);
        model.Origin = new() { Program = "Keras", File = "model.h5" };
        Assert.Equal(model.Origin, file.Reload(model).Origin);
    }

    [Fact]
    public void Save_TrainedModel_KeepsVocabularyNormalizationAndRecord()
    {
        LanguageModel model = SampleModel.Make();
        model.Training = SampleModel.Training;
        model.Parameters.Values[model.Parameters.Tensors[2].Offset] = -0f;
        model.Save(file.Path);
        LanguageModel loaded = LanguageModel.Load(file.Path);
        Assert.Equal(model.Training, loaded.Training);
        Assert.True(loaded.Tokenizer.Normalization.Lowercase);
        Assert.Equal("\n \"\\ab\u00e9\u4e2d\U0001F600", loaded.Tokenizer.Decode([.. Enumerable.Range(0, 9)]));
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        Assert.Null(file.Reload(SampleModel.Make()).Training);
    }

    [Fact]
    public void Save_Tensors_HavePyTorchsNamesShapesAndOrder()
    {
        LanguageModel model = SampleModel.Make(hiddenSize: 5);
        model.Save(file.Path);
        using SafetensorsReader reader = SafetensorsReader.Open(file.Path);
        string[] expected =
        [
            "lstm.weight_ih_l0 [20, 9]", "lstm.weight_hh_l0 [20, 5]", "lstm.bias_ih_l0 [20]", "lstm.bias_hh_l0 [20]",
            "decoder.weight [9, 5]", "decoder.bias [9]",
        ];
        Assert.Equal(expected, reader.Tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        Assert.Equal("pt", reader.Metadata["format"]);

        float[] recurrent = new float[20 * 5];
        reader.Read("lstm.weight_hh_l0", recurrent);
        ReadOnlySpan<float> memory = model.Parameters.GetValues(model.Parameters.Tensors[1]);
        for (int row = 0; row < 20; row++)
            for (int column = 0; column < 5; column++) Assert.Equal(memory[column * 20 + row], recurrent[row * 5 + column]);
    }

    [Fact]
    public void Load_TwoBiases_AddsThem()
    {
        LanguageModel model = SampleModel.Make();
        file.Save(model, values: (name, values) =>
        {
            if (name == "lstm.bias_ih_l0") values.AsSpan().Fill(0.25f);
            if (name == "lstm.bias_hh_l0") values.AsSpan().Fill(0.5f);
        });
        LanguageModel loaded = LanguageModel.Load(file.Path);
        Assert.All(loaded.Parameters.GetValues(loaded.Parameters.Tensors[2]).ToArray(), value => Assert.Equal(0.75f, value));
    }

    [Fact]
    public void Inspect_Model_TellsEverythingButWeights()
    {
        LanguageModel model = SampleModel.Make();
        model.Training = SampleModel.Training;
        model.Save(file.Path);
        ModelFileInfo info = ModelFileInfo.Read(file.Path);
        Assert.Equal((model.Spec, model.Training, 9, 1), (info.Spec, info.Training, info.Tokenizer.VocabularySize, info.FormatVersion));
        Assert.Equal(
            (ModelFileInfo.LibraryVersion, new FileInfo(file.Path).Length, 6), (info.AphoristVersion, info.FileLength, info.Tensors.Count));
    }

    [Fact]
    public void Save_IntoMissingFolder_SaysWhere()
    {
        string path = file.Beside("missing/model.safetensors");
        Assert.Contains(path, Assert.ThrowsAny<IOException>(() => SampleModel.Make().Save(path)).Message, StringComparison.Ordinal);
    }
}
