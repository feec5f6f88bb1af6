using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Options and texts that the trainer refuses.</summary>
public sealed class TrainingOptionsTests
{
    private static readonly TrainingOptions Options = TinyTraining.Options;

    [Fact]
    public void Presets_Notebook_IsTheNotebookAndQuickTheDefault()
    {
        TrainingOptions notebook = TrainingOptions.Notebook;
        Assert.Equal(
            (59, 3, 128, 0.01, 0.0),
            (notebook.Epochs, notebook.Stride, notebook.BatchSize, notebook.LearningRate, notebook.ValidationShare));
        Assert.Equal(
            (128, 60, GateActivation.HardSigmoid), (ModelSpec.Notebook.HiddenSize, ModelSpec.Notebook.Window, ModelSpec.Notebook.Gates));
        Assert.Same(Preset.Quick, Preset.Default);
        Assert.Same(Preset.Default, Preset.All[0]);
        Assert.All(Preset.All, preset => Assert.Equal(preset.Name, preset.Training.Preset));
        Assert.True(Preset.Notebook.Lowercase);
    }

    [Fact]
    public void Trainer_InvalidOption_SaysWhichAndWhatItMustBe()
    {
        AssertRefused(Options with { Epochs = 0 }, "Epochs", "Epochs is 0. It must be at least 1.");
        AssertRefused(Options with { Stride = 0 }, "Stride", "Stride is 0. It must be at least 1.");
        AssertRefused(Options with { BatchSize = -1 }, "BatchSize", "BatchSize is -1. It must be at least 1.");
        AssertRefused(Options with { SequenceLength = 0 }, "SequenceLength", "SequenceLength is 0. It must be at least 1.");
        AssertRefused(Options with { LearningRate = 0 }, "LearningRate", "LearningRate is 0. It must be above 0.");
        AssertRefused(Options with { LearningRate = double.NaN }, "LearningRate", "LearningRate is NaN. It must be above 0.");
        AssertRefused(Options with { LearningRate = double.PositiveInfinity }, "LearningRate", "It must be above 0.");
        AssertRefused(Options with { WarmupSteps = -1 }, "WarmupSteps", "It must be at least 0.");
        AssertRefused(Options with { WeightDecay = double.NaN }, "WeightDecay", "It must be at least 0.");
        AssertRefused(Options with { ClipNorm = -1 }, "ClipNorm", "It must be above 0, or 0 for no clipping.");
        AssertRefused(Options with { ClipValue = -1 }, "ClipValue", "It must be above 0, or 0 for no clipping.");
        AssertRefused(Options with { EmaDecay = 1 }, "EmaDecay", "EmaDecay is 1. It must be at least 0 and below 1.");
        AssertRefused(Options with { Dropout = 1 }, "Dropout", "Dropout is 1. It must be at least 0 and below 1.");
        AssertRefused(Options with { ValidationShare = 1 }, "ValidationShare", "ValidationShare is 1. It must be at least 0 and below 1.");
        AssertRefused(
            Options with { ValidationShare = double.NaN }, "ValidationShare", "ValidationShare is NaN. It must be at least 0 and below 1.");
        AssertRefused(
            Options with { ValidationInterval = -1 },
            "ValidationInterval",
            "It must be at least 1, or 0 for none within an epoch.");
        AssertRefused(
            Options with { MaxValidationTokens = -1 },
            "MaxValidationTokens",
            "MaxValidationTokens is -1. It must be at least 1, or 0 for no limit.");
        AssertRefused(Options with { Patience = -1 }, "Patience", "It must be at least 1 epoch, or 0 for no early stopping.");
        AssertRefused(Options with { TimeBudget = TimeSpan.Zero }, "TimeBudget", "TimeBudget is 00:00:00. It must be above 0.");
        AssertRefused(Options with { Threads = -1 }, "Threads", "Threads is -1. It must be at least 1, or 0 for one per processor.");
        AssertRefused(
            Options with { CheckpointInterval = TimeSpan.FromSeconds(-1) },
            "CheckpointInterval",
            "CheckpointInterval is -00:00:01. It must be at least 0.");
    }

    [Fact]
    public void Trainer_BatchTooLargeForArrays_SaysWhatToChange()
    {
        TrainingOptions streams = Options with { Objective = Objective.Stream };
        // 2^32 numbers, which an int counts as none, and more than an int can count.
        AssertRefused(
            streams with { SequenceLength = (1 << 24) - 1, BatchSize = 128 },
            "SequenceLength",
            "Use a smaller SequenceLength or HiddenSize.");
        AssertRefused(streams with { SequenceLength = int.MaxValue }, "SequenceLength", "exceeds the maximum array length");
        AssertRefused(streams with { BatchSize = int.MaxValue }, "BatchSize", "Use a smaller BatchSize or HiddenSize.");
    }

    [Fact]
    public void Trainer_CorpusNotLongerThanTheWindow_SaysSo()
    {
        CorpusException error = Assert.Throws<CorpusException>(() => Create("truth "));
        Assert.Equal(
            "The text has 6 tokens, but a window of 6 and the token after it need at least 7. Use a longer text or a smaller window.",
            error.Message);
        Create("truth i");
    }

    [Fact]
    public void Trainer_OneDistinctCharacter_SaysSo() =>
        Assert.Contains(
            "fewer than two distinct tokens",
            Assert.Throws<CorpusException>(() => Create(new string('a', 100))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Trainer_CharacterTheModelDoesNotKnow_NamesIt() =>
        Assert.Throws<UnknownCharacterException>(() => new Trainer(TinyTraining.Model(), Corpus.FromText("what is ¿that"), Options));

    private static void AssertRefused(TrainingOptions options, string property, string sentence)
    {
        InvalidOptionsException error = Assert.Throws<InvalidOptionsException>(() =>
            new Trainer(TinyTraining.Model(), TinyTraining.Corpus, options));
        Assert.Equal(property, error.PropertyName);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private static Trainer Create(string text)
    {
        Corpus corpus = Corpus.FromText(text);
        ModelSpec spec = new() { HiddenSize = 8, Window = TinyTraining.Window };
        return new Trainer(LanguageModel.Create(spec, CharacterTokenizer.Create(corpus)), corpus, Options);
    }
}
