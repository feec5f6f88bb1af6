using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>What the trainer refuses before it begins.</summary>
public sealed class TrainingOptionsTests
{
    private static readonly TrainingOptions Options = TinyTraining.Options;

    [Fact]
    public void Notebook_Defaults_AreTheNotebooks()
    {
        TrainingOptions notebook = TrainingOptions.Notebook;
        Assert.Equal((59, 3, 128, 0.01, 0.0), (notebook.Epochs, notebook.Stride, notebook.BatchSize, notebook.LearningRate, notebook.ValidationShare));
        Assert.Equal((128, 60, GateActivation.HardSigmoid), (ModelSpec.Notebook.HiddenSize, ModelSpec.Notebook.Window, ModelSpec.Notebook.Gates));
        Assert.Same(Preset.Notebook, Preset.All[0]);
        Assert.All(Preset.All, preset => Assert.Equal(preset.Name, preset.Training.Preset));
        Assert.True(Preset.Notebook.Lowercase);
    }

    [Fact]
    public void Trainer_InvalidOption_SaysWhichAndWhatItMustBe()
    {
        AssertRefused(Options with { Epochs = 0 }, "The number of epochs is 0; it must be at least 1.");
        AssertRefused(Options with { Stride = 0 }, "The step between windows is 0; it must be at least 1.");
        AssertRefused(Options with { BatchSize = -1 }, "The batch size is -1; it must be at least 1.");
        AssertRefused(Options with { LearningRate = 0 }, "The learning rate is 0; it must be above 0.");
        AssertRefused(Options with { LearningRate = double.NaN }, "The learning rate is NaN; it must be above 0.");
        AssertRefused(Options with { LearningRate = double.PositiveInfinity }, "it must be above 0.");
        AssertRefused(Options with { EmaDecay = 1 }, "The decay of the averaged weights is 1; it must be at least 0 and below 1.");
        AssertRefused(Options with { ValidationShare = 1 }, "The validation share is 1; it must be at least 0 and below 1.");
        AssertRefused(Options with { ValidationShare = double.NaN }, "The validation share is NaN; it must be at least 0 and below 1.");
        AssertRefused(Options with { Threads = -1 }, "The number of threads is -1; it must be at least 1, or 0 for one a processor.");
        AssertRefused(Options with { CheckpointInterval = TimeSpan.FromSeconds(-1) }, "The checkpoint interval is -00:00:01; it must not be negative.");
    }

    [Fact]
    public void Trainer_BatchTooLargeForArrays_SaysWhatToChange()
    {
        TrainingOptions streams = Options with { Objective = Objective.Stream };
        // 2^32 numbers, of which an int keeps none, and more than an int can count.
        AssertRefused(streams with { SequenceLength = (1 << 24) - 1, BatchSize = 128 }, "4294967296 numbers would have to be kept side by side, and 2147483591 is the most; take shorter sequences");
        AssertRefused(streams with { SequenceLength = int.MaxValue }, "take shorter sequences");
        AssertRefused(streams with { BatchSize = int.MaxValue }, "take smaller batches");
    }

    [Fact]
    public void Trainer_CorpusNotLongerThanTheWindow_SaysSo()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Make("truth "));
        Assert.Equal("The corpus has 6 tokens, but a window of 6 and the token after it need at least 7; use a longer text or a smaller window.", error.Message);
        Make("truth i");
    }

    [Fact]
    public void Trainer_OneDistinctCharacter_SaysSo() =>
        Assert.Contains("fewer than two tokens", Assert.Throws<ArgumentException>(() => Make(new string('a', 100))).Message, StringComparison.Ordinal);

    [Fact]
    public void Trainer_CharacterTheModelDoesNotKnow_NamesIt() =>
        Assert.Throws<UnknownCharacterException>(() => new Trainer(TinyTraining.Model(), Corpus.FromText("what is ¿that"), Options));

    private static void AssertRefused(TrainingOptions options, string sentence) => Assert.Contains(
        sentence, Assert.Throws<ArgumentException>(() => new Trainer(TinyTraining.Model(), TinyTraining.Corpus, options)).Message, StringComparison.Ordinal);

    private static Trainer Make(string text)
    {
        Corpus corpus = Corpus.FromText(text);
        ModelSpec spec = new() { HiddenSize = 8, Window = TinyTraining.Window };
        return new Trainer(LanguageModel.Create(spec, CharacterTokenizer.Create(corpus)), corpus, Options);
    }
}
