namespace Aphorist.Training.Runs;

/// <summary>Collects the metrics of training steps and completes a row of them every few seconds of training.</summary>
/// <param name="state">The run. It holds the sums of the incomplete row, which a resumed run completes.</param>
/// <param name="path">The file to append rows to; null for none.</param>
/// <param name="interval">The training time between two rows; null for the usual one.</param>
/// <param name="tokensPerPrediction">Tokens that are read for a prediction.</param>
/// <param name="charactersPerToken">The mean length of a token.</param>
internal sealed class StepMetrics(
    TrainingState state, string? path, TimeSpan? interval, int tokensPerPrediction, double charactersPerToken)
{
    // A short run has a row per second. In a longer one they are a hundredth of the time apart, at most 10 s, so that a run of a day has
    // fewer than 10,000.
    private const double MinInterval = 1;
    private const double MaxInterval = 10;
    private const double IntervalShare = 0.01;

    private double total = state.History.Sum(epoch => epoch.Seconds) + state.Seconds;

    /// <summary>
    /// The number of training steps in the completed epochs and in the current one. <see cref="TrainingState.Steps"/> can be lower, because
    /// it falls to that of the good weights when training returns to them.
    /// </summary>
    private long StepsDone => state.CompletedSteps + state.Batch;

    /// <summary>Whether there are steps that are in no row.</summary>
    public bool IsPending => state.Row.Predictions > 0;

    /// <summary>Adds a training step.</summary>
    public void Add(double loss, int predictions, double learningRate, double gradientNorm)
    {
        StepSums row = state.Row;
        row.Loss += loss;
        row.Predictions += predictions;
        (row.LearningRate, row.GradientNorm) = (learningRate, gradientNorm);
    }

    /// <summary>Adds the time of a training step.</summary>
    /// <param name="seconds">The time.</param>
    /// <returns>Whether a row is due.</returns>
    public bool AddTime(double seconds)
    {
        state.Row.Seconds += seconds;
        total += seconds;
        return state.Row.Seconds >= (interval?.TotalSeconds ?? Math.Clamp(IntervalShare * total, MinInterval, MaxInterval));
    }

    /// <summary>Completes a row and appends it to the file.</summary>
    /// <param name="epochs">Epochs of training since the start of the run.</param>
    /// <param name="seconds">Seconds of training since the start of the run.</param>
    public StepsCompleted Complete(double epochs, double seconds)
    {
        StepSums sums = state.Row;
        double characters = sums.Predictions * tokensPerPrediction * charactersPerToken;
        StepsCompleted row = new(
            StepsDone, epochs, state.TokensBefore + state.Predictions * tokensPerPrediction, seconds, sums.Loss / sums.Predictions,
            sums.LearningRate, sums.GradientNorm, characters / sums.Seconds);
        state.Row = new StepSums();
        if (path is not null) StepsFile.Append(path, row);
        return row;
    }

    /// <summary>Counts the steps and tokens of a completed epoch.</summary>
    public void CompleteEpoch()
    {
        state.CompletedSteps = StepsDone;
        state.TokensBefore += state.Predictions * tokensPerPrediction;
    }

    /// <summary>Starts the epoch again, which has no steps any more.</summary>
    public void RestartEpoch()
    {
        state.Row = new StepSums();
        RemoveLaterRows();
    }

    /// <summary>Removes the rows of later steps, which are trained again.</summary>
    public void RemoveLaterRows()
    {
        if (path is not null) StepsFile.KeepUpTo(path, StepsDone);
    }
}
