namespace Aphorist.Training;

/// <summary>
/// Notices that training has gone wrong: the loss is no longer a number, or the mean over recent batches has risen well above the best epoch's.
/// </summary>
/// <remarks>
/// The notebook's own run went from 1.30 to 1.60 nats within an epoch, and to 14.6 in three more. The mean over some 200 batches
/// strays by about 0.01 nats in a healthy run, so a rise of 0.15 is no accident.
/// </remarks>
internal static class DivergenceGuard
{
    /// <summary>How often a run may return before it gives up: by then the learning rate is a millionth of what it was.</summary>
    public const int MostDivergences = 20;

    private const double LearningRateFactor = 0.5;
    private const double Rise = 0.15;
    private const int RecentBatches = 200;

    /// <summary>Takes note of a batch's mean loss in nats, and tells whether training has diverged.</summary>
    /// <param name="state">The run, whose recent loss is brought up to date.</param>
    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="expected">The best epoch's loss, or what guessing would cost before there is one.</param>
    public static bool HasDiverged(TrainingState state, double loss, double expected)
    {
        if (!double.IsFinite(loss)) return true;
        state.RecentBatches = Math.Min(state.RecentBatches + 1, RecentBatches);
        state.RecentLoss += (loss - state.RecentLoss) / state.RecentBatches;
        return state.RecentBatches == RecentBatches && state.RecentLoss > expected + Rise;
    }

    /// <summary>Forgets the batches of the failed epoch and halves the learning rate.</summary>
    public static void Return(TrainingState state)
    {
        state.RestartEpoch();
        (state.RecentLoss, state.RecentBatches) = (0, 0);
        state.Divergences++;
        state.LearningRate *= LearningRateFactor;
    }
}
