using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class TrainerDivergenceTests
{
    private readonly LanguageModel model = TinyTraining.Model();

    [Fact]
    public async Task RunAsync_WeightsPoisoned_ReturnsToGoodOnesWithHalfTheLearningRate()
    {
        float[] good = [], restored = [];
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, TinyTraining.Options, listen: happened =>
        {
            if (happened is DivergenceDetected) restored = model.Parameters.Values.ToArray();
            if (happened is not EpochCompleted { Epoch: 1 }) return;
            good = model.Parameters.Values.ToArray();
            Poison();
        });
        EpochCompleted[] epochs = [.. events.OfType<EpochCompleted>()];
        DivergenceDetected divergence = Assert.Single(events.OfType<DivergenceDetected>());
        Assert.Equal(new DivergenceDetected(Epoch: 2, Batch: 1, double.NaN, epochs[0].Loss, LearningRate: 0.005), divergence);
        Assert.Equal(good, restored);
        Assert.Equal([0.01, 0.005, 0.005], epochs.Select(epoch => epoch.LearningRate));
        Assert.True(epochs[2].Loss < epochs[0].Loss, $"{epochs[2].Loss} is not below {epochs[0].Loss}.");
    }

    [Fact]
    public async Task RunAsync_PoisonedWithinAnEpoch_BeginsTheEpochAgain()
    {
        bool isPoisoned = false;
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, TinyTraining.CheckpointEveryBatch, listen: happened =>
        {
            if (isPoisoned || happened is not TrainingProgress { Epoch: 1, Batch: 5 }) return;
            isPoisoned = true;
            Poison();
        });
        Assert.Equal((1, 6), events.OfType<DivergenceDetected>().Select(divergence => (divergence.Epoch, divergence.Batch)).Single());
        Assert.Equal(
            [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            events.OfType<TrainingProgress>().Where(progress => progress.Epoch == 1).Select(progress => progress.Batch));
    }

    [Fact]
    public async Task RunAsync_HugeLearningRate_IsHalvedUntilTrainingSucceeds()
    {
        // Small batches, so that an epoch is longer than what the guard looks back on.
        TrainingOptions options = TinyTraining.Options with { LearningRate = 1e4, BatchSize = 8, Stride = 1, Epochs = 2 };
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, options);
        double[] rates = [.. events.OfType<DivergenceDetected>().Select(divergence => divergence.LearningRate)];
        Assert.NotEmpty(rates);
        Assert.Equal(rates.Select((_, index) => 1e4 / Math.Pow(2, index + 1)), rates);
        double guessing = Math.Log(model.Tokenizer.VocabularySize);
        Assert.All(events.OfType<EpochCompleted>(), epoch => Assert.InRange(epoch.Loss, 0, guessing + 0.2));
        Assert.Equal(2, Assert.IsType<TrainingCompleted>(events[^1]).Epochs);
    }

    /// <summary>With dropout and normalized layers, untrained weights are worse than a guess, also after a few slow steps.</summary>
    [Fact]
    public async Task RunAsync_FirstLossAboveThatOfAGuess_IsNoDivergence()
    {
        Corpus corpus = Corpus.FromText(string.Concat(Enumerable.Range(0, 400).Select(word => $"a{word * word % 7} ")), "tiny");
        TrainingOptions options = Preset.Quick.Training with { Dropout = 0.5, WarmupSteps = 1000, Epochs = 2, TimeBudget = null };
        LanguageModel quick = LanguageModel.Create(ModelSpec.Quick, Tokenizer.Create(corpus));
        List<TrainingEvent> events = [];
        await foreach (TrainingEvent happened in new Trainer(quick, corpus, options).RunAsync(TestContext.Current.CancellationToken))
            events.Add(happened);
        Assert.Empty(events.OfType<DivergenceDetected>());
        EpochCompleted first = events.OfType<EpochCompleted>().First();
        Assert.True(first.Loss > Math.Log(quick.Tokenizer.VocabularySize), $"{first.Loss} is not above a guess: the case tests nothing.");
    }

    [Fact]
    public async Task RunAsync_LastStepOfAnEpochOverflows_IsNoGoodEpoch()
    {
        // One batch an epoch: its loss is that of the first weights, and its step leaves infinite ones.
        TrainingOptions options = TinyTraining.Options with { LearningRate = 3e38, BatchSize = 1000, Epochs = 1 };
        List<TrainingEvent> events = await TinyTraining.RunAsync(model, options);
        Assert.Equal((1, 1), events.OfType<DivergenceDetected>().Select(divergence => (divergence.Epoch, divergence.Batch)).First());
        foreach (float value in model.Parameters.Values) Assert.True(float.IsFinite(value));
    }

    [Fact]
    public async Task RunAsync_NothingHelps_GivesUp()
    {
        int divergences = 0;
        TrainingDivergedException error = await Assert.ThrowsAsync<TrainingDivergedException>(() => TinyTraining.RunAsync(
            model, TinyTraining.Options, listen: happened =>
            {
                if (happened is DivergenceDetected) divergences++;
                if (happened is TrainingStarted or DivergenceDetected) Poison();
            }));
        Assert.Equal(DivergenceGuard.MaxDivergences, divergences);
        Assert.Contains("Training diverged 21 times", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_GuardIsOff_EndsWithASentence()
    {
        TrainingDivergedException error = await Assert.ThrowsAsync<TrainingDivergedException>(() => TinyTraining.RunAsync(
            model, TinyTraining.Options with { DivergenceGuard = false }, listen: happened =>
            {
                if (happened is EpochCompleted) Poison();
            }));
        Assert.Equal(
            "The loss of batch 1 in epoch 2 is not a number, and the divergence guard is off. "
            + "Use a lower learning rate, or turn the guard on.",
            error.Message);
    }

    private void Poison() => model.Parameters.Values.Fill(float.NaN);
}
