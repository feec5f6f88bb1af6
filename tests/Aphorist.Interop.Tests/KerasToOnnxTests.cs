using Aphorist.Interop.Tests.Keras;
using Aphorist.Interop.Tests.Onnx;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Interop.Tests;

/// <summary>
/// The whole way: a model of Keras is imported, trained for two more epochs and exported, and ONNX Runtime computes with it what the engine
/// computes.
/// </summary>
public sealed class KerasToOnnxTests
{
    private const string Characters = "abcdefg";

    private static readonly (bool IsGru, bool ResetAfter)[] Kinds = [(false, false), (true, false), (true, true)];

    private static readonly string[] Gates = ["sigmoid", "hard_sigmoid"];

    public static TheoryData<bool, bool, string, int> Shapes =>
    [
        .. from kind in Kinds
           from gates in Gates
           from layers in Enumerable.Range(1, 3)
           select (kind.IsGru, kind.ResetAfter, gates, layers),
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Export_ImportedAndTrainedOn_HasTheEnginesProbabilities(bool isGru, bool resetAfter, string gates, int layers)
    {
        KerasShape shape = new() { IsGru = isGru, ResetAfter = resetAfter, Gates = gates, Layers = layers };
        LanguageModel model = KerasModel.Read(new MemoryStream(new KerasFile(new(shape), KerasDialect.Keras2).ToBytes()))
            .ToLanguageModel(ImportedVocabulary.FromCharacters(Characters));
        float[] before = model.Parameters.Values.ToArray();

        List<EpochCompleted> epochs = await TrainAsync(model);

        Assert.Equal(2, epochs.Count);
        Assert.True(epochs[1].Loss < epochs[0].Loss, $"Training has not helped: {epochs[0].Loss}, {epochs[1].Loss}.");
        Assert.NotEqual(before, model.Parameters.Values.ToArray());
        OnnxRuntimeTests.AssertWindowIsTheEngine(new(model));
    }

    [Theory]
    [InlineData("tanh", 1)]
    [InlineData("relu", 2)]
    public async Task Export_SimpleRnnImportedAndTrainedOn_HasTheEnginesProbabilities(string activation, int layers)
    {
        KerasShape shape = new() { IsRnn = true, Activation = activation, Layers = layers };
        LanguageModel model = KerasModel.Read(new MemoryStream(new KerasFile(new(shape), KerasDialect.Keras3).ToBytes()))
            .ToLanguageModel(ImportedVocabulary.FromCharacters(Characters));

        List<EpochCompleted> epochs = await TrainAsync(model);

        Assert.True(epochs[1].Loss < epochs[0].Loss, $"Training has not helped: {epochs[0].Loss}, {epochs[1].Loss}.");
        OnnxRuntimeTests.AssertWindowIsTheEngine(new(model));
    }

    private static async Task<List<EpochCompleted>> TrainAsync(LanguageModel model)
    {
        List<EpochCompleted> epochs = [];
        Corpus corpus = Corpus.FromText(string.Concat(Enumerable.Repeat("abcabdefgfg", 60)));
        await foreach (TrainingEvent happened in new Trainer(model, corpus, new() { Epochs = 2, Threads = 1, LearningRate = 0.005 })
            .RunAsync(TestContext.Current.CancellationToken))
            if (happened is EpochCompleted epoch) epochs.Add(epoch);
        return epochs;
    }
}
