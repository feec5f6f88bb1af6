using System.Numerics;

namespace Aphorist.Training;

/// <summary>
/// Decides how many predictions every validation of a run makes, so that a large validation set does not take longer than training.
/// </summary>
/// <remarks>
/// The number depends on work and not on time, so that a run with a fixed number of epochs is the same on every machine. A prediction costs
/// about a third of what training it costs.
/// </remarks>
internal static class ValidationLimit
{
    // At most 1/4 of 1/3 of the training time.
    private const int TrainedPerMeasured = 4;

    // With fewer, the loss would be too inexact. For a stream, they are four segments.
    private const long Minimum = 1 << 13;

    /// <summary>The number of predictions of every validation.</summary>
    /// <param name="options">The training options.</param>
    /// <param name="held">Predictions of the whole validation set.</param>
    /// <param name="trained">Predictions that are trained before the first validation.</param>
    public static long CountOf(TrainingOptions options, long held, long trained)
    {
        // A power of two, so that similar runs measure the same places.
        long limit = options.MaxValidationTokens ?? Math.Max(Minimum, 1L << BitOperations.Log2((ulong)(trained / TrainedPerMeasured)));
        if (limit >= held || limit == 0) return held;
        return options.Objective == Objective.Stream ? Evaluator.SampledCount(held, limit) : limit;
    }
}
