using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Runs with a separate validation text.</summary>
public sealed class ValidationTextTests : IDisposable
{
    private static readonly TrainingOptions Streams =
        TinyTraining.Options with { Objective = Objective.Stream, BatchSize = 10, SequenceLength = 9 };

    private readonly TemporaryFolder temporary = new();

    public static TheoryData<Objective> Objectives => [Objective.Windows, Objective.Stream];

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Objectives))]
    public async Task RunAsync_ValidationText_IsMeasuredAsEvaluateDoes(Objective objective)
    {
        TrainingOptions options = OptionsOf(objective);
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await RunAsync(model, options);
        Evaluation expected = model.Evaluate(
            TinyTraining.OtherCorpus, new() { Objective = objective, Stride = options.Stride }, TestContext.Current.CancellationToken);
        Assert.Equal(
            (expected.LossPerToken, expected.Accuracy), (Epochs(events)[^1].ValidationLoss, Epochs(events)[^1].ValidationAccuracy));
        Assert.Equal(expected.Count, Assert.IsType<TrainingStarted>(events[0]).ValidationPredictions);
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public async Task RunAsync_ValidationText_LeavesTheTrainingAsItIs(Objective objective)
    {
        LanguageModel measured = TinyTraining.Model(), plain = TinyTraining.Model();
        await RunAsync(measured, OptionsOf(objective) with { ValidationInterval = 2 });
        await TinyTraining.RunAsync(plain, OptionsOf(objective));
        Assert.Equal(plain.Parameters.Values, measured.Parameters.Values);
    }

    [Fact]
    public async Task RunAsync_IntervalAndPatience_GoByTheValidationText()
    {
        List<TrainingEvent> events = await RunAsync(
            TinyTraining.Model(), Streams with { ValidationInterval = 3, Epochs = 500, Patience = 2, LearningRate = 0.1 });
        EpochCompleted[] epochs = Epochs(events);
        Assert.NotEmpty(events.OfType<ValidationMeasured>());
        Assert.InRange(epochs.Length, 2, 499);
        Assert.Equal([false, false], epochs[^2..].Select(epoch => epoch.IsBest));
    }

    [Fact]
    public async Task RunAsync_RunFolder_HoldsTheModelThatPredictsTheTextBest()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        List<TrainingEvent> events = await RunAsync(TinyTraining.Model(), Streams with { Epochs = 5, LearningRate = 0.1 }, folder);
        double best = Epochs(events).Min(epoch => epoch.ValidationLoss!.Value);
        LanguageModel model = LanguageModel.Load(folder.BestModel);
        Evaluation evaluation = model.Evaluate(TinyTraining.OtherCorpus, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(best, evaluation.LossPerToken);
    }

    [Fact]
    public async Task RunAsync_CheckpointOfAnotherValidationText_IsRefused()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        await RunAsync(TinyTraining.Model(), TinyTraining.Options, folder);
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(() =>
            TinyTraining.RunAsync(TinyTraining.Options, folder));
        Assert.StartsWith("The validation text is not the one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trainer_UnknownCharacterInTheValidationText_NamesIt()
    {
        Corpus foreign = Corpus.FromText(TinyTraining.OtherCorpus.Text + "\u20ac");
        UnknownCharacterException error = Assert.Throws<UnknownCharacterException>(
            () => new Trainer(TinyTraining.Model(), TinyTraining.Corpus, TinyTraining.Options, foreign));
        Assert.Equal((0x20AC, 2000), (error.Character.Value, error.Position));
    }

    [Theory]
    [InlineData(Objective.Windows, "a sus", "at least 7 are needed to predict one")]
    [InlineData(Objective.Stream, "a", "at least 2 are needed to predict one")]
    public void Trainer_ValidationTextTooShort_SaysHowLong(Objective objective, string text, string sentence) =>
        Assert.Contains(sentence, Refusal(OptionsOf(objective), Corpus.FromText(text)), StringComparison.Ordinal);

    [Fact]
    public void Trainer_ValidationTextAndShare_IsOneTooMany() =>
        Assert.Contains(
            "Use one of them.", Refusal(Streams with { ValidationShare = 0.1 }, TinyTraining.OtherCorpus), StringComparison.Ordinal);

    private static TrainingOptions OptionsOf(Objective objective) => objective == Objective.Windows ? TinyTraining.Options : Streams;

    private static EpochCompleted[] Epochs(List<TrainingEvent> events) => [.. events.OfType<EpochCompleted>()];

    private static string Refusal(TrainingOptions options, Corpus validation) =>
        Assert.ThrowsAny<AphoristException>(() => new Trainer(TinyTraining.Model(), TinyTraining.Corpus, options, validation)).Message;

    private static async Task<List<TrainingEvent>> RunAsync(LanguageModel model, TrainingOptions options, RunFolder? folder = null)
    {
        List<TrainingEvent> events = [];
        Trainer trainer = new(model, TinyTraining.Corpus, options, TinyTraining.OtherCorpus);
        await foreach (TrainingEvent happened in trainer.RunAsync(folder, TestContext.Current.CancellationToken))
            events.Add(happened);
        return events;
    }
}
