using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>
/// Detects divergence: the loss is not a number, or its mean over recent batches has risen well above the loss of the best epoch.
/// </summary>
/// <remarks>
/// The notebook's own run went from 1.30 to 1.60 nats within an epoch, and to 14.6 in three more. In a healthy run the mean over 200
/// batches varies by about 0.01 nats, so a rise of 0.15 is significant. An epoch of fewer batches is judged at its end, with a limit that
/// grows as the square root of their number falls.
/// </remarks>
internal static class DivergenceGuard
{
    /// <summary>
    /// How often a run may return to good weights before it gives up. The learning rate is then a millionth of what it was.
    /// </summary>
    public const int MaxDivergences = 20;

    private const double LearningRateFactor = 0.5;
    private const double DivergedRise = 0.15;
    private const double UnhealthyRise = 0.05;
    private const int RecentBatches = 200;

    /// <summary>Adds the loss of a batch to the recent losses, and checks them.</summary>
    /// <param name="state">The run.</param>
    /// <param name="loss">The mean loss of the batch in nats.</param>
    /// <param name="expected">The loss of the best epoch, or of untrained weights before there is one.</param>
    /// <param name="endsEpoch">Whether the batch is the last of the epoch.</param>
    public static bool HasDiverged(TrainingState state, double loss, double expected, bool endsEpoch = false)
    {
        if (!double.IsFinite(loss)) return true;
        state.RecentBatches = Math.Min(state.RecentBatches + 1, RecentBatches);
        state.RecentLoss += (loss - state.RecentLoss) / state.RecentBatches;
        return (state.RecentBatches == RecentBatches || endsEpoch) && state.RecentLoss > expected + Limit(state, DivergedRise);
    }

    /// <summary>
    /// Whether the weights at the end of an epoch are good enough to return to. They are not if the loss had started to rise.
    /// </summary>
    public static bool IsHealthy(TrainingState state, double expected) => state.RecentLoss <= expected + Limit(state, UnhealthyRise);

    /// <summary>Starts the epoch again with half the learning rate.</summary>
    public static void RestartEpoch(TrainingState state)
    {
        state.RestartEpoch();
        state.Steps = state.GoodSteps;
        state.Divergences++;
        state.LearningRate *= LearningRateFactor;
    }

    private static double Limit(TrainingState state, double rise) => rise * Math.Sqrt((double)RecentBatches / state.RecentBatches);
}
