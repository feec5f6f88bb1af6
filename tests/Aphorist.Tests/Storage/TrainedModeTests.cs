using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>A model keeps the mode that it was trained for, and generators use it.</summary>
public sealed class TrainedModeTests
{
    private static readonly Corpus Text = Corpus.FromText(string.Concat(Enumerable.Repeat("abcab cba.", 60)));

    [Theory]
    [InlineData(Objective.Windows, GenerationMode.Window)]
    [InlineData(Objective.Stream, GenerationMode.Stateful)]
    public async Task Train_AnyObjective_DecidesTheDefaultMode(Objective objective, GenerationMode expected)
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 8, Window = 6 }, Tokenizer.Create(Text));
        model.TrainedMode = expected == GenerationMode.Window ? GenerationMode.Stateful : GenerationMode.Window;
        TrainingOptions options = new() { Objective = objective, Epochs = 1, SequenceLength = 8, BatchSize = 8 };
        await foreach (TrainingEvent _ in new Trainer(model, Text, options).RunAsync(TestContext.Current.CancellationToken))
        {
        }

        using MemoryStream saved = new();
        model.Save(saved);
        LanguageModel loaded = LanguageModel.Load(saved.ToArray());

        Assert.Equal((expected, expected), (model.TrainedMode, loaded.TrainedMode));
        Assert.Equal(expected, ModelFileInfo.Read(saved.ToArray()).TrainedMode);
        Assert.Equal(expected, loaded.ExtendVocabulary(Text).TrainedMode);
        Assert.Equal(expected, new TextGenerator(loaded).Mode);
        GenerationOptions sampling = new() { MaxTokens = 60, Seed = 1 };
        Assert.Equal(
            new TextGenerator(loaded, expected).Generate("abc", sampling, TestContext.Current.CancellationToken),
            new TextGenerator(loaded).Generate("abc", sampling, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Load_FileWithoutTheMode_IsStateful()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 8 }, Tokenizer.Create(Text));

        Assert.DoesNotContain("trainedMode", ModelFileInfo.DescribeAsJson(model), StringComparison.Ordinal);
        model.TrainedMode = GenerationMode.Window;
        Assert.Contains("\"trainedMode\":\"window\"", ModelFileInfo.DescribeAsJson(model), StringComparison.Ordinal);
    }
}
