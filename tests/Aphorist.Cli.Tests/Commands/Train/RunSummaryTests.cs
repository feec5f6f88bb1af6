using Aphorist.Cli.Commands.Train;
using Aphorist.Training;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>What the end of a run says about its epochs.</summary>
public sealed class RunSummaryTests
{
    [Fact]
    public void Result_ValidationLossRoseWhileTheTrainingLossFell_SaysOverfit() => Assert.Equal(
        "The best epoch is 2, with a validation loss of 1.400. Later epochs overfit: by epoch 5, the training loss fell from 1.300 to "
        + "0.900, but the validation loss rose to 1.600.",
        Result((1.8, 1.7), (1.3, 1.4), (1.2, 1.45), (1.1, 1.5), (0.9, 1.6)));

    [Fact]
    public void Result_LastEpochIsTheBest_NamesIt() =>
        Assert.Equal("The best epoch is 2, with a validation loss of 1.400.", Result((1.8, 1.7), (1.3, 1.4)));

    [Theory]
    // Within 1 %.
    [InlineData(1.2, 1.41)]
    // The training loss rose, too.
    [InlineData(1.35, 1.6)]
    public void Result_LaterEpochsAreNoWorseOrTrainingFailed_SaysNothingOfOverfitting(double training, double validation) =>
        Assert.Equal("The best epoch is 2, with a validation loss of 1.400.", Result((1.8, 1.7), (1.3, 1.4), (training, validation)));

    [Fact]
    public void Result_OneBadEpochAmongMany_IsNoOverfitting() => Assert.DoesNotContain(
        "overfit",
        Result((1.3, 1.4), (1.2, 1.41), (1.2, 1.41), (1.2, 1.41), (1.2, 1.41), (1.2, 1.41), (1.2, 1.41), (1.1, 1.41), (1, 1.6)),
        StringComparison.Ordinal);

    [Fact]
    public void Result_OneEpoch_HasNoBestOne() => Assert.Equal("The validation loss is 1.700.", Result((1.8, 1.7)));

    [Fact]
    public void Result_NoValidation_SaysThatOverfittingCannotBeSeen() => Assert.Equal(
        "The best epoch is 2, with a training loss of 1.300. Nothing is held out for validation, so overfitting cannot be seen.",
        Result((1.8, null), (1.3, null)));

    [Fact]
    public void Result_NoModel_SaysSo() => Assert.Equal(
        "The loss was not a number (NaN) in any epoch, so there is no best model.", RunSummary.Result([], null));

    private static string Result(params (double Loss, double? Validation)[] losses)
    {
        EpochCompleted[] epochs =
        [
            .. losses.Select((loss, index) => new EpochCompleted(index + 1, loss.Loss, 0.5, loss.Validation, 0.5, 1, 1, 0.01, false)),
        ];
        EpochCompleted best = epochs.MinBy(epoch => epoch.ValidationLoss ?? epoch.Loss)!;
        TrainingRecord record = new()
        {
            Corpus = "tiny",
            CorpusSha256 = "00",
            Preset = "notebook",
            Seed = 0,
            Epochs = best.Epoch,
            Loss = best.Loss,
            ValidationLoss = best.ValidationLoss,
            Version = "1",
        };
        return RunSummary.Result(epochs, record);
    }
}
