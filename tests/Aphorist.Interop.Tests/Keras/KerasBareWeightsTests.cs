using Aphorist.Tests.Storage;
using PureHDF;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>Weights alone make the model that the whole file makes, where it is said what they do not tell.</summary>
public sealed class KerasBareWeightsTests
{
    [Theory]
    [InlineData(KerasDialect.Keras1, false, false, 1, 0, true)]
    [InlineData(KerasDialect.Keras1, true, false, 2, 3, true)]
    [InlineData(KerasDialect.Keras2, false, false, 3, 0, true)]
    [InlineData(KerasDialect.Keras2, false, false, 2, 4, false)]
    [InlineData(KerasDialect.Keras2, true, true, 1, 0, true)]
    [InlineData(KerasDialect.Keras2, true, false, 2, 4, true)]
    [InlineData(KerasDialect.Keras3, false, false, 2, 3, true)]
    [InlineData(KerasDialect.Keras3, true, true, 3, 0, true)]
    public void ReadWeights_AnyChain_IsTheWholeModel(
        KerasDialect dialect, bool isGru, bool resetAfter, int layers, int embedding, bool usesBias)
    {
        KerasShape shape = new()
        {
            IsGru = isGru,
            ResetAfter = resetAfter,
            Layers = layers,
            EmbeddingSize = embedding,
            UsesBias = usesBias
        };

        AssertIsTheWholeModel(shape, dialect, GateActivation.Sigmoid);
    }

    [Theory]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void ReadWeights_HardSigmoid_IsThatOfTheVersion(KerasDialect dialect) =>
        AssertIsTheWholeModel(new() { Gates = "hard_sigmoid" }, dialect, GateActivation.HardSigmoid);

    [Theory]
    [InlineData(KerasDialect.Keras1, "tanh", 1, 0, true)]
    [InlineData(KerasDialect.Keras2, "tanh", 2, 3, true)]
    [InlineData(KerasDialect.Keras2, "relu", 1, 0, false)]
    [InlineData(KerasDialect.Keras3, "tanh", 1, 0, true)]
    [InlineData(KerasDialect.Keras3, "relu", 3, 4, true)]
    public void ReadWeights_SimpleRnn_IsTheWholeModel(KerasDialect dialect, string activation, int layers, int embedding, bool usesBias)
    {
        KerasShape shape = new() { IsRnn = true, Activation = activation, Layers = layers, EmbeddingSize = embedding, UsesBias = usesBias };
        KerasFile file = new(new(shape), dialect);
        AssertAreTheSame(
            KerasModel.Read(new MemoryStream(file.ToBytes())),
            KerasModel.ReadWeights(
                new MemoryStream(file.ToBareWeights()), activation == "relu" ? Activation.Relu : Activation.Tanh, shape.Window!.Value));
    }

    [Fact]
    public void ReadWeights_TimeDistributed_IsTheWholeModel() =>
        AssertIsTheWholeModel(new() { PredictsAll = true, Layers = 2 }, KerasDialect.Keras3, GateActivation.Sigmoid);

    [Fact]
    public void Read_WeightsAlone_AsksForTheGates() =>
        Assert.Contains("give the activation of their gates (sigmoid or hard-sigmoid)", Assert.Throws<ModelFileException>(() =>
            KerasModel.Read(new MemoryStream(new KerasFile(new(new()), KerasDialect.Keras2).ToBareWeights()))).Message,
                StringComparison.Ordinal);

    [Fact]
    public void ReadWeights_ActivationOfTheOtherKindOfLayer_AsksForTheRightOne()
    {
        byte[] rnn = new KerasFile(new(new() { IsRnn = true }), KerasDialect.Keras2).ToBareWeights();
        byte[] lstm = new KerasFile(new(new()), KerasDialect.Keras2).ToBareWeights();
        string message = Assert.Throws<ModelFileException>(() => KerasModel.ReadWeights(new MemoryStream(lstm), Activation.Tanh)).Message;
        Assert.Contains("give the activation of their gates (sigmoid or hard-sigmoid)", message, StringComparison.Ordinal);
        const string rnnMessage = "give the activation of the RNN (tanh or relu)";
        Assert.Contains(rnnMessage, Error(rnn), StringComparison.Ordinal);
        Assert.Contains(
            rnnMessage, Assert.Throws<ModelFileException>(() => KerasModel.Read(new MemoryStream(rnn))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_WholeModel_IsRefused() =>
        Assert.Contains(
            "it contains the whole model", Error(new KerasFile(new(new()), KerasDialect.Keras2).ToBytes()), StringComparison.Ordinal);

    [Fact]
    public void ReadWeights_ArraysOfNoLayer_AreNamed()
    {
        KerasFile file = new(new(new()), KerasDialect.Keras2)
        {
            Change = weights =>
            ((H5Group)((H5Group)weights["lstm_1"])["lstm_1"])["recurrent_kernel:0"] = new H5Dataset(new float[25], fileDims: [5, 5])
        };

        Assert.Contains(
            "the weights of 'lstm_1' are 3 arrays, [7, 20], [5, 5], [20], which is not an Embedding, LSTM, GRU, SimpleRNN or Dense layer",
            Error(file.ToBareWeights()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_ThousandsOfLayers_AreRefusedAtOnce()
    {
        KerasFile file = new(new(new()), KerasDialect.Keras3)
        {
            Change = layers =>
            {
                for (int number = 1; number <= 2000; number++)
                    layers[$"lstm_{number}"] = new H5Group
                    {
                        ["cell"] = new H5Group
                        {
                            ["vars"] = new H5Group
                            {
                                ["0"] = new H5Dataset(
                        new float[4], fileDims: [1, 4]),
                                ["1"] = new H5Dataset(new float[4], fileDims: [1, 4])
                            }
                        }
                    };
            },
        };

        Assert.Contains("it has weights of more than 64 layers", Error(file.ToBareWeights()), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_DamagedAtRandom_IsAnErrorOrAModel() => Assert.InRange(
        DamagedFiles.CountRefused(new KerasFile(new(new()), KerasDialect.Keras2).ToBareWeights(), stream =>
            KerasModel.ReadWeights(stream, GateActivation.Sigmoid)), DamagedFiles.Rounds / 10, DamagedFiles.Rounds);

    private static void AssertIsTheWholeModel(KerasShape shape, KerasDialect dialect, GateActivation gates)
    {
        KerasFile file = new(new(shape), dialect);
        AssertAreTheSame(
            KerasModel.Read(new MemoryStream(file.ToBytes())),
            KerasModel.ReadWeights(new MemoryStream(file.ToBareWeights()), gates, shape.Window!.Value));
    }

    private static void AssertAreTheSame(KerasModel wholeModel, KerasModel bareWeights)
    {
        ImportedVocabulary vocabulary = ImportedVocabulary.FromCharacters("abcdefg");
        (LanguageModel whole, LanguageModel bare) = (wholeModel.ToLanguageModel(vocabulary), bareWeights.ToLanguageModel(vocabulary));
        Assert.Equal(whole.Spec, bare.Spec);
        Assert.Equal(whole.Parameters.Values, bare.Parameters.Values);
    }

    private static string Error(byte[] file) =>
        Assert.Throws<ModelFileException>(() => KerasModel.ReadWeights(new MemoryStream(file), GateActivation.Sigmoid)).Message;
}
