using System.Text.Json.Nodes;
using Aphorist.Model.Layers;
using PureHDF;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>What Keras's optimizer had accumulated stands where the weights stand that it belongs to.</summary>
public sealed class KerasOptimizerTests
{
    // A vocabulary in another order than Keras's, so that rows have to be moved.
    private const string Characters = "gfedcba";

    [Theory]
    [InlineData(KerasDialect.Keras1, false)]
    [InlineData(KerasDialect.Keras2, false)]
    [InlineData(KerasDialect.Keras2, true)]
    [InlineData(KerasDialect.Keras3Hdf5, true)]
    [InlineData(KerasDialect.Keras3, true)]
    public void Read_RmsProp_BringsMeanSquares(KerasDialect dialect, bool counts)
    {
        KerasShape shape = new() { Layers = 2, EmbeddingSize = 3 };
        KerasFile file = FileOf(shape, dialect, Optimizer("RMSprop", ("learning_rate", 0.01), ("rho", 0.9f)), Squares(shape, 12));
        file.Steps = counts ? 1234 : null;

        OptimizerState state = Import(file).OptimizerState!;

        Assert.Equal((counts ? 1234 : 0, "rmsprop.mean_square"), (state.Steps, Assert.Single(state.Moments)));
        AssertIs(file.Moments[0], dialect, state.GetValues(0));
    }

    [Theory]
    [InlineData(KerasDialect.Keras2, false, "Adam", true, true)]
    [InlineData(KerasDialect.Keras2, false, "Adam", false, false)]
    [InlineData(KerasDialect.Keras3Hdf5, true, "Adam", true, true)]
    [InlineData(KerasDialect.Keras3, true, "AdamW", false, false)]
    public void Read_Adam_BringsBothMoments(KerasDialect dialect, bool isInterleaved, string name, bool isGru, bool resetAfter)
    {
        KerasShape shape = new() { IsGru = isGru, ResetAfter = resetAfter };
        KerasFile file = FileOf(shape, dialect, Optimizer(name, ("learning_rate", 0.001), ("beta_1", 0.9f), ("beta_2", 0.999f)),
            new(shape, 12), Squares(shape, 13));
        (file.IsInterleaved, file.Steps) = (isInterleaved, 77);
        // Up to Keras 2.3 there was a number for each weight where its largest mean square might have been.
        if (!isInterleaved) file.MoreOfOptimizer = [.. Enumerable.Range(0, 5).Select(_ => new H5Dataset(new float[1], fileDims: [1]))];

        OptimizerState state = Import(file).OptimizerState!;

        Assert.Equal(77, state.Steps);
        Assert.Equal(["adam.mean", "adam.mean_square"], state.Moments);
        for (int moment = 0; moment < 2; moment++) AssertIs(file.Moments[moment], dialect, state.GetValues(moment));
    }

    [Theory]
    [InlineData(KerasDialect.Keras1)]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_AdamOfSimpleRnns_BringsBothMoments(KerasDialect dialect)
    {
        KerasShape shape = new() { IsRnn = true, Layers = 2 };
        KerasFile file = FileOf(shape, dialect, Optimizer("Adam"), new(shape, 12), Squares(shape, 13));
        file.Steps = 5;

        OptimizerState state = Import(file).OptimizerState!;

        for (int moment = 0; moment < 2; moment++) AssertIs(file.Moments[moment], dialect, state.GetValues(moment));
    }

    [Fact]
    public void Read_NesterovMomentum_IsFreedOfTheLearningRate()
    {
        KerasShape shape = new();
        KerasFile file = FileOf(
            shape, KerasDialect.Keras2, Optimizer("SGD", ("lr", 0.25), ("momentum", 0.9f), ("nesterov", true)), new KerasSample(shape, 12));

        OptimizerState state = Import(file).OptimizerState!;

        Assert.Equal("sgd.momentum", Assert.Single(state.Moments));
        // Keras's is -0.25 times ours.
        AssertIs(file.Moments[0], KerasDialect.Keras2, state.GetValues(0), value => -4 * value);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Read_GatesOfAnotherScale_ScalesMomentsAgainstIt(bool isGru, bool resetAfter)
    {
        KerasShape shape = new() { IsGru = isGru, ResetAfter = resetAfter, Gates = "hard_sigmoid" };
        KerasFile file = FileOf(shape, KerasDialect.Keras3, Optimizer("Adam"), new(shape, 12), Squares(shape, 13));
        LanguageModel model = Import(file);

        // Sums of gates are 5/6 of Keras 3's, so gradients are 6/5 of its.
        OptimizerState unscaled = Import(
            FileOf(shape with { Gates = "sigmoid" }, KerasDialect.Keras3, Optimizer("Adam"), [.. file.Moments])).OptimizerState!;
        LayerTensors layer = model.Layout.Layers[0];
        foreach (ParameterTensor? tensor in (ParameterTensor?[])[layer.InputKernel, layer.RecurrentKernel, layer.Bias, layer.RecurrentBias])
        {
            if (tensor is null) continue;
            float[] expected = unscaled.GetValues(1).GetValues(tensor).ToArray();
            float[] scaled = model.OptimizerState!.GetValues(1).GetValues(tensor).ToArray();
            Assert.All(scaled.Zip(expected).Index(), one =>
            {
                bool isCandidate = one.Index / shape.HiddenSize % shape.GateCount == 2;
                Assert.Equal(isCandidate ? one.Item.Second : one.Item.Second * 36 / 25, one.Item.First, 1e-5);
            });
        }
    }

    [Fact]
    public void Read_ArraysOfOneShapeFromKeras1_GoByTheOrderOfTheirNames()
    {
        // Gates have the same shapes, so only the order of names tells them apart: lstm_2_U_c comes before lstm_2_U_f.
        KerasShape shape = new() { Layers = 4, HiddenSize = 7 };
        KerasFile file = FileOf(shape, KerasDialect.Keras1, Optimizer("Adam"), new(shape, 12), Squares(shape, 13));
        file.Steps = 3;

        OptimizerState state = Import(file).OptimizerState!;

        for (int moment = 0; moment < 2; moment++) AssertIs(file.Moments[moment], KerasDialect.Keras1, state.GetValues(moment));
    }

    [Fact]
    public void Read_StepsInTheRootOfTheFile_AreFound()
    {
        KerasShape shape = new();
        KerasFile file = FileOf(shape, KerasDialect.Keras2, Optimizer("Adam"), new(shape, 12), Squares(shape, 13));
        (file.Steps, file.HasStepsAtRoot) = (77, true);

        Assert.Equal(77, Import(file).OptimizerState!.Steps);
    }

    [Fact]
    public void Read_MomentumWithDecay_IsLeft()
    {
        KerasShape shape = new();
        JsonObject training = Optimizer("SGD", ("lr", 0.25), ("momentum", 0.9f), ("nesterov", true), ("decay", 0.01f));

        Assert.Null(Import(FileOf(shape, KerasDialect.Keras2, training, new KerasSample(shape, 12))).OptimizerState);
    }

    [Theory]
    [InlineData("RMSprop", "rho", "0.95")]
    [InlineData("RMSprop", "momentum", "0.5")]
    [InlineData("RMSprop", "centered", "true")]
    [InlineData("RMSprop", "use_ema", "true")]
    [InlineData("Adam", "beta_1", "0.8")]
    [InlineData("Adam", "amsgrad", "true")]
    [InlineData("SGD", "nesterov", "false")]
    [InlineData("Nadam", "beta_1", "0.9")]
    public void Read_OptimizerUnlikeOurs_IsOnlyNamed(string name, string member, string value)
    {
        KerasShape shape = new();
        JsonObject training = Optimizer(name, ("learning_rate", 0.01));
        training["optimizer_config"]!["config"]![member] = JsonNode.Parse(value);

        LanguageModel model = Import(FileOf(shape, KerasDialect.Keras2, training, Squares(shape, 12), Squares(shape, 13)));

        Assert.Equal((name, 0.01), (model.Origin!.Optimizer, model.Origin.LearningRate));
        Assert.Null(model.OptimizerState);
    }

    [Fact]
    public void Read_MomentsOfOtherShapes_AreLeft()
    {
        KerasFile file = FileOf(new(), KerasDialect.Keras2, Optimizer("RMSprop"), new KerasSample(new() { HiddenSize = 6 }, 12));

        Assert.Null(Import(file).OptimizerState);
    }

    [Fact]
    public void Read_NoMoments_HasNoState() => Assert.Null(Import(FileOf(new(), KerasDialect.Keras3, Optimizer("RMSprop"))).OptimizerState);

    private static KerasFile FileOf(KerasShape shape, KerasDialect dialect, JsonObject training, params KerasSample[] moments)
    {
        if (dialect == KerasDialect.Keras3) training = new() { ["optimizer"] = training["optimizer_config"]!.DeepClone() };
        return new(new(shape), dialect) { Training = training, Moments = moments };
    }

    private static JsonObject Optimizer(string name, params (string Name, JsonNode Value)[] config) =>
        new()
        {
            ["optimizer_config"] = new JsonObject
            {
                ["class_name"] = name,
                ["config"] = new JsonObject(config.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Value)))
            }
        };

    /// <summary>Random values none of which is negative.</summary>
    private static KerasSample Squares(KerasShape shape, int seed)
    {
        KerasSample sample = new(shape, seed);
        foreach (float[] values in (float[][])[sample.Embedding, .. sample.Layers.SelectMany(
            layer => (float[][])[layer.Kernel, layer.RecurrentKernel, layer.Bias]), sample.DenseKernel, sample.DenseBias])
            foreach (ref float value in values.AsSpan()) value *= value;
        return sample;
    }

    private static LanguageModel Import(KerasFile file) =>
        KerasModel.Read(new MemoryStream(file.ToBytes())).ToLanguageModel(ImportedVocabulary.FromCharacters(Characters));

    /// <summary>The moment is what a model would be whose weights it were, but for a GRU's second bias that Keras has not.</summary>
    private static void AssertIs(KerasSample expected, KerasDialect dialect, Parameters actual, Func<float, float>? change = null)
    {
        LanguageModel model = Import(new(expected, dialect));
        foreach ((ParameterTensor tensor, ParameterTensor found) in model.Parameters.Tensors.Zip(actual.Tensors))
        {
            bool isAdded = tensor.Name.StartsWith("gru.bias_hh", StringComparison.Ordinal) && !expected.Shape.ResetAfter;
            ParameterTensor source = isAdded ? model.Layout.Layers[0].Bias : tensor;
            Assert.Equal(
                model.Parameters.GetValues(source).ToArray().Select(change ?? (value => value)), actual.GetValues(found).ToArray());
        }
    }
}
