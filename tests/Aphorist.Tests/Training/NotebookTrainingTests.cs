using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>The first epoch of the notebook on its own corpus. This is the slowest test: about half a minute on two cores.</summary>
public sealed class NotebookTrainingTests
{
    private const double PublishedLoss = 1.9895;

    [Fact]
    public async Task RunAsync_FirstEpochOfTheNotebook_ReachesThePublishedLoss()
    {
        bool isThere = Environment.GetEnvironmentVariable("APHORIST_CORPORA") is { Length: > 0 } && CorpusCatalog.IsAvailableOffline(
            CorpusCatalog.Get("nietzsche"));
        Assert.SkipUnless(isThere, "needs nietzsche.txt in the folder that APHORIST_CORPORA names");
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Corpus corpus =
            await Corpus.OpenAsync(CorpusCatalog.Get("nietzsche"), new() { Lowercase = true }, cancellationToken: cancellationToken);
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, CharacterTokenizer.Create(corpus), seed: 1);
        Trainer trainer = new(model, corpus, TrainingOptions.Notebook with { Epochs = 1, Seed = 1 });
        List<TrainingEvent> events = [];
        await foreach (TrainingEvent happened in trainer.RunAsync(cancellationToken)) events.Add(happened);

        Assert.Equal(new TrainingStarted(600_893, 600_893, 57, null, 200_278, 0, 0), events[0]);
        Assert.InRange(Assert.Single(events.OfType<EpochCompleted>()).Loss, PublishedLoss - 0.06, PublishedLoss + 0.06);
        AssertEvaluatesEquallyWhenReloaded(model, corpus);
    }

    private static void AssertEvaluatesEquallyWhenReloaded(LanguageModel model, Corpus corpus)
    {
        using TemporaryFolder temporary = new();
        model.Save(temporary["model.safetensors"]);
        int[] ids = model.Tokenizer.Encode(corpus.Text);
        long[] starts = [.. Enumerable.Range(0, 128).Select(index => 4000L * index)];
        using TrainingStep step = new(model, ids, TrainingOptions.Notebook), reloaded = new(
            LanguageModel.Load(temporary["model.safetensors"]), ids, TrainingOptions.Notebook);
        Evaluation expected = Evaluate(step);
        Assert.Equal(expected, Evaluate(reloaded));
        Assert.InRange(expected.LossPerToken, 1, 2.2);

        Evaluation Evaluate(TrainingStep one)
        {
            one.Evaluator.RefreshWeights();
            return one.Evaluator.EvaluateWindows(ids, starts.Length, index => starts[index]);
        }
    }
}
