using Aphorist.Studio.NewRun;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Studio.Tests.NewRun;

public sealed class RunEstimatorTests : IDisposable
{
    private static readonly ModelSpec Small = new() { HiddenSize = 16, Window = 20 };

    private static readonly TrainingRunOptions Names = TrainingRunOptions.FromPreset(Preset.Quick, "catalog:names") with { Model = Small };

    private readonly RunEstimator estimator = new();

    public void Dispose() => estimator.Dispose();

    [Fact]
    public async Task MeasureAsync_Epochs_CountsWhatTrainingDoes()
    {
        TrainingRunOptions options = Names with { Training = Names.Training with { Epochs = 3, TimeBudget = null } };
        RunEstimate estimate = await estimator.MeasureAsync(options, TestContext.Current.CancellationToken);
        // 95 % of the 17,247 characters, of which a step reads 16 streams of 32.
        Assert.Equal((3.0, 32), (estimate.Epochs, estimate.StepsPerEpoch));
        Corpus corpus = await Corpus.OpenAsync("catalog:names", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(LanguageModel.Create(Small, Tokenizer.Create(corpus)).Parameters.Count, estimate.Parameters);
        Assert.True(estimate.Seconds > estimate.SampleSeconds && estimate.SampleSeconds > 0);
    }

    [Fact]
    public async Task MeasureAsync_TimeLimit_IsTheTimeOfTraining()
    {
        // On any machine, the time ends before the epochs.
        TrainingOptions limited = Names.Training with { TimeBudget = TimeSpan.FromMinutes(2), Epochs = int.MaxValue };
        TrainingRunOptions options = Names with { Training = limited };
        RunEstimate estimate = await estimator.MeasureAsync(options, TestContext.Current.CancellationToken);
        Assert.Equal(120, estimate.Seconds - estimate.SampleSeconds, 1e-6);
        Assert.InRange(estimate.Epochs, 1, int.MaxValue - 1);
    }

    [Fact]
    public async Task MeasureAsync_Cancelled_Ends()
    {
        using CancellationTokenSource stop = new();
        Task<RunEstimate> first = estimator.MeasureAsync(Names, stop.Token), second = estimator.MeasureAsync(Names, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        // The next one has its turn.
        Assert.NotNull(await estimator.MeasureAsync(Names, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void EnsureFits_HugeModel_IsRefusedWithoutAllocatingIt()
    {
        Assert.Equal(new Parameters(Small, 50).Count, RunEstimator.EnsureFits(Small, 50));
        Assert.Throws<InvalidOptionsException>(() => RunEstimator.EnsureFits(new ModelSpec { HiddenSize = 65_536, Layers = 4 }, 100));
        TextException exception = Assert.Throws<TextException>(() => RunEstimator.EnsureFits(Small, 50, availableBytes: 100_000));
        Assert.Contains("needs more than 0.0 GB of memory", exception.Sentence.English, StringComparison.Ordinal);
        Assert.Contains("GB 内存", exception.Sentence.Chinese, StringComparison.Ordinal);
    }
}
