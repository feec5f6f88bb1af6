using System.Text.Json.Nodes;
using Aphorist.Reference;
using PureHDF;
using PureHDF.Filters;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>Made-up models in all layouts predict what the reference makes of the same weights in double precision.</summary>
public sealed class KerasImportTests
{
    // Single precision through twelve steps of a few units; one gate in another's place changes log-probabilities by tenths.
    private const double Allowed = 2e-5;

    [Theory]
    [InlineData(KerasDialect.Keras1, "hard_sigmoid", 1, 0)]
    [InlineData(KerasDialect.Keras1, "hard_sigmoid", 2, 4)]
    [InlineData(KerasDialect.Keras1, "sigmoid", 1, 4)]
    [InlineData(KerasDialect.Keras2, "hard_sigmoid", 1, 0)]
    [InlineData(KerasDialect.Keras2, "sigmoid", 3, 0)]
    [InlineData(KerasDialect.Keras2, "sigmoid", 2, 6)]
    [InlineData(KerasDialect.Keras3Hdf5, "sigmoid", 1, 0)]
    [InlineData(KerasDialect.Keras3Hdf5, "hard_sigmoid", 2, 0)]
    [InlineData(KerasDialect.Keras3, "sigmoid", 1, 0)]
    [InlineData(KerasDialect.Keras3, "sigmoid", 4, 3)]
    [InlineData(KerasDialect.Keras3, "hard_sigmoid", 2, 3)]
    public void Read_Lstm_PredictsAsTheReference(KerasDialect dialect, string gates, int layers, int embedding) =>
        AssertPredicts(new() { Gates = gates, Layers = layers, EmbeddingSize = embedding }, dialect);

    [Theory]
    [InlineData(KerasDialect.Keras1, "sigmoid", false, 1, 0)]
    [InlineData(KerasDialect.Keras1, "hard_sigmoid", false, 1, 0)]
    [InlineData(KerasDialect.Keras1, "hard_sigmoid", false, 2, 4)]
    [InlineData(KerasDialect.Keras2, "hard_sigmoid", false, 1, 0)]
    [InlineData(KerasDialect.Keras2, "sigmoid", false, 2, 4)]
    [InlineData(KerasDialect.Keras2, "sigmoid", true, 1, 0)]
    [InlineData(KerasDialect.Keras2, "hard_sigmoid", true, 3, 4)]
    [InlineData(KerasDialect.Keras3Hdf5, "sigmoid", true, 2, 0)]
    [InlineData(KerasDialect.Keras3Hdf5, "hard_sigmoid", true, 2, 0)]
    [InlineData(KerasDialect.Keras3, "sigmoid", false, 2, 0)]
    [InlineData(KerasDialect.Keras3, "hard_sigmoid", false, 2, 0)]
    [InlineData(KerasDialect.Keras3, "hard_sigmoid", true, 1, 3)]
    [InlineData(KerasDialect.Keras3, "sigmoid", true, 2, 4)]
    public void Read_Gru_PredictsAsTheReference(KerasDialect dialect, string gates, bool resetAfter, int layers, int embedding) =>
        AssertPredicts(new() { IsGru = true, ResetAfter = resetAfter, Gates = gates, Layers = layers, EmbeddingSize = embedding }, dialect);

    [Theory]
    [InlineData(KerasDialect.Keras1, "tanh", 1, 0, true)]
    [InlineData(KerasDialect.Keras1, "relu", 2, 4, true)]
    [InlineData(KerasDialect.Keras2, "tanh", 1, 0, true)]
    [InlineData(KerasDialect.Keras2, "tanh", 4, 3, true)]
    [InlineData(KerasDialect.Keras2, "relu", 2, 0, true)]
    [InlineData(KerasDialect.Keras2, "relu", 1, 4, false)]
    [InlineData(KerasDialect.Keras3Hdf5, "tanh", 2, 0, true)]
    [InlineData(KerasDialect.Keras3, "tanh", 3, 0, true)]
    [InlineData(KerasDialect.Keras3, "tanh", 1, 3, false)]
    [InlineData(KerasDialect.Keras3, "relu", 2, 3, true)]
    public void Read_SimpleRnn_PredictsAsTheReference(KerasDialect dialect, string activation, int layers, int embedding, bool usesBias) =>
        AssertPredicts(
            new() { IsRnn = true, Activation = activation, Layers = layers, EmbeddingSize = embedding, UsesBias = usesBias }, dialect);

    [Fact]
    public void Read_SimpleRnnWithoutNamedActivation_IsTanh() =>
        AssertPredicts(
            new() { IsRnn = true }, KerasDialect.Keras2, file => ((JsonObject)file.Layers[0]!["config"]!).Remove("activation"));

    [Theory]
    [InlineData("tanh", Activation.Tanh)]
    [InlineData("relu", Activation.Relu)]
    public void Read_SimpleRnn_HasItsShape(string name, Activation activation)
    {
        KerasShape shape = new() { IsRnn = true, Activation = name, Layers = 2 };
        foreach (KerasDialect dialect in Enum.GetValues<KerasDialect>())
        {
            Assert.Equal(
                new ModelSpec { Architecture = Architecture.Rnn, Activation = activation, HiddenSize = 5, Layers = 2, Window = 9 },
                KerasModel.Read(new MemoryStream(new KerasFile(new(shape), dialect).ToBytes())).Spec);
        }
    }

    [Theory]
    [InlineData(KerasDialect.Keras1)]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_DenseInTimeDistributed_PredictsAsTheReference(KerasDialect dialect) =>
        AssertPredicts(new() { PredictsAll = true, Layers = 2 }, dialect);

    [Fact]
    public void Read_TimeDistributedDenseOfKeras1_PredictsAsTheReference() =>
        AssertPredicts(new() { PredictsAll = true }, KerasDialect.Keras1, file =>
    {
        JsonNode wrapper = file.Layers[^1]!;
        JsonNode dense = wrapper["config"]!["layer"]!.DeepClone();
        (dense["class_name"], dense["config"]!["name"]) = ("TimeDistributedDense", wrapper["config"]!["name"]!.DeepClone());
        file.Layers[^1] = dense;
    });

    [Theory]
    [InlineData(KerasDialect.Keras2, false, false)]
    [InlineData(KerasDialect.Keras2, true, true)]
    [InlineData(KerasDialect.Keras3, true, false)]
    public void Read_WithoutBiases_PredictsAsTheReference(KerasDialect dialect, bool isGru, bool resetAfter) =>
        AssertPredicts(new() { IsGru = isGru, ResetAfter = resetAfter, UsesBias = false }, dialect);

    [Theory]
    [InlineData(typeof(Half))]
    [InlineData(typeof(double))]
    public void Read_OtherFloatingPointType_PredictsAsTheReference(Type type) =>
        AssertPredicts(new(), KerasDialect.Keras2, file => file.ValueType = type);

    [Fact]
    public void Read_PackedWeights_PredictsAsTheReference() =>
        AssertPredicts(
            new(), KerasDialect.Keras2, file => file.Options = new H5WriteOptions(Filters: [ShuffleFilter.Id, DeflateFilter.Id]));

    [Theory]
    [InlineData(KerasDialect.Keras1, "1.2.2")]
    [InlineData(KerasDialect.Keras2, "2.2.4")]
    [InlineData(KerasDialect.Keras3, "3.6.0")]
    public void Read_AnyDialect_TellsVersionOptimizerAndShape(KerasDialect dialect, string version)
    {
        KerasModel model = KerasModel.Read(new MemoryStream(new KerasFile(new(new() { Layers = 2 }), dialect).ToBytes()));

        Assert.Equal((version, 7), (model.KerasVersion, model.VocabularySize));
        Assert.Equal(new KerasOptimizer("Adam", 0.002), model.Optimizer);
        Assert.Equal(new ModelSpec { HiddenSize = 5, Layers = 2, Window = 9, Gates = GateActivation.Sigmoid }, model.Spec);
    }

    [Fact]
    public void Read_OpenInputLength_TakesTheUsualWindow() =>
        Assert.Equal(
            60, KerasModel.Read(new MemoryStream(new KerasFile(new(new() { Window = null }), KerasDialect.Keras2).ToBytes())).Spec.Window);

    private static void AssertPredicts(KerasShape shape, KerasDialect dialect, Action<KerasFile>? change = null)
    {
        KerasSample sample = new(shape);
        KerasFile file = new(sample, dialect);
        change?.Invoke(file);
        LanguageModel model = KerasModel.Read(new MemoryStream(file.ToBytes()))
            .ToLanguageModel(CharacterTokenizer.FromCharacters("abcdefghijklmnopqrstuvwxyz"[..shape.VocabularySize]));
        ReferenceModel reference = sample.ToReference(
            shape.Gates == "sigmoid" ? Gate.Sigmoid : dialect >= KerasDialect.Keras3Hdf5 ? new Keras3HardSigmoid() : Gate.HardSigmoid);
        using GenerationSession session = new TextGenerator(model, GenerationMode.Stateful).CreateSession();
        int[] ids = [3, 1, 4, 1, 5, 2, 6, 5, 3, 5, 0, 2];
        for (int length = 1; length <= ids.Length; length++)
        {
            session.Append(ids[length - 1]);
            double[] logits = reference.Logits(ids.AsSpan(0, length));
            ReadOnlySpan<double> actual = session.Predict().LogProbabilities;
            for (int id = 0; id < logits.Length; id++) Assert.Equal(-Softmax.CrossEntropy(logits, id), actual[id], Allowed);
        }
    }
}
