using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>
/// Notices that training has gone wrong: the loss is no longer a number, or the mean over recent batches has risen well above the best epoch's.
/// </summary>
/// <remarks>
/// The notebook's own run went from 1.30 to 1.60 nats within an epoch, and to 14.6 in three more. The mean over 200 batches
/// strays by about 0.01 nats in a healthy run, so a rise of 0.15 is no accident. An epoch of fewer batches is judged at its end, and its mean
/// may stray by more, as the root of their number falls.
/// </remarks>
internal static class DivergenceGuard
{
    /// <summary>How often a run may return before it gives up: by then the learning rate is a millionth of what it was.</summary>
    public const int MostDivergences = 20;

    private const double LearningRateFactor = 0.5;
    private const double Rise = 0.15;
    private const double Doubt = 0.05;
    private const int RecentBatches = 200;

    /// <summary>Takes note of a batch's mean loss in nats, and tells whether training has diverged.</summary>
    /// <param name="state">The run, whose recent loss is brought up to date.</param>
    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="expected">The best epoch's loss, or what guessing would cost before there is one.</param>
    /// <param name="endsEpoch">Whether the batch is the epoch's last.</param>
    public static bool HasDiverged(TrainingState state, double loss, double expected, bool endsEpoch = false)
    {
        if (!double.IsFinite(loss)) return true;
        state.RecentBatches = Math.Min(state.RecentBatches + 1, RecentBatches);
        state.RecentLoss += (loss - state.RecentLoss) / state.RecentBatches;
        return (state.RecentBatches == RecentBatches || endsEpoch) && state.RecentLoss > expected + Strayed(state, Rise);
    }

    /// <summary>Whether the weights at the end of an epoch are good enough to return to: not if the loss had begun to rise.</summary>
    public static bool IsHealthy(TrainingState state, double expected) => state.RecentLoss <= expected + Strayed(state, Doubt);

    /// <summary>Forgets the batches of the failed epoch and halves the learning rate.</summary>
    public static void Return(TrainingState state)
    {
        state.RestartEpoch();
        state.Steps = state.GoodSteps;
        state.Divergences++;
        state.LearningRate *= LearningRateFactor;
    }

    private static double Strayed(TrainingState state, double rise) => rise * Math.Sqrt((double)RecentBatches / state.RecentBatches);
}
