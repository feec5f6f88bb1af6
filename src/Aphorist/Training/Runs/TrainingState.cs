using System.Text.Json.Serialization;

namespace Aphorist.Training.Runs;

/// <summary>Everything that a run needs to resume, apart from its arrays, which <see cref="TrainingSnapshot"/> has.</summary>
internal sealed record TrainingState
{
    public const int CurrentFormatVersion = 1;

    [JsonRequired]
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>What must not change when the run is resumed.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>The completed epochs.</summary>
    public List<EpochCompleted> History { get; init; } = [];

    /// <summary>Batches done in the current epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Whether a validation is due before the next batch. It was cancelled if the checkpoint has it.</summary>
    public bool IsValidationPending { get; set; }

    /// <summary>The total loss of the current epoch so far, in nats.</summary>
    public double LossSum { get; set; }

    /// <summary>Correct predictions in the current epoch so far.</summary>
    public int Correct { get; set; }

    /// <summary>Predictions in the current epoch so far.</summary>
    public long Predictions { get; set; }

    /// <summary>Training steps in all epochs.</summary>
    public long Steps { get; set; }

    /// <summary>Training steps before the run, if it continues with an imported optimizer state.</summary>
    public long StepsBefore { get; init; }

    /// <summary>Training steps at the end of the last good epoch.</summary>
    public long GoodSteps { get; set; }

    /// <summary>Seconds of training in the current epoch so far.</summary>
    public double Seconds { get; set; }

    /// <summary>The learning rate from which the schedule starts. The divergence guard lowers it.</summary>
    public double LearningRate { get; set; }

    /// <summary>How often training returned to good weights.</summary>
    public int Divergences { get; set; }

    /// <summary>The mean loss of the first batch of the run, in nats. Null before it.</summary>
    public double? InitialLoss { get; set; }

    /// <summary>The mean loss of recent batches, see <see cref="DivergenceGuard"/>.</summary>
    public double RecentLoss { get; set; }

    /// <summary>The number of batches in <see cref="RecentLoss"/>.</summary>
    public int RecentBatches { get; set; }

    /// <summary>The lowest validation loss so far, or training loss if there is no validation. Null before the first.</summary>
    public double? BestLoss { get; set; }

    /// <summary>
    /// Training steps of the completed epochs. Other than <see cref="Steps"/>, it contains those after which training returned to good
    /// weights.
    /// </summary>
    public long CompletedSteps { get; set; }

    /// <summary>Tokens that training read in the completed epochs.</summary>
    public long TokensBefore { get; set; }

    /// <summary>The training steps since the last row of their metrics.</summary>
    public StepSums Row { get; set; } = new();

    /// <summary>The number of predictions of every validation, see <see cref="ValidationLimit"/>. Null before the first.</summary>
    public long? ValidationCount { get; set; }

    /// <summary>Resets the counts of the current epoch.</summary>
    public void RestartEpoch()
    {
        (Batch, IsValidationPending) = (0, false);
        (LossSum, Correct, Predictions, Seconds) = (0, 0, 0, 0);
        (RecentLoss, RecentBatches) = (0, 0);
    }
}

/// <summary>Some training steps.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record StepSums
{
    /// <summary>Their predictions.</summary>
    public long Predictions { get; set; }

    /// <summary>Their total loss in nats.</summary>
    public double Loss { get; set; }

    /// <summary>Their time in seconds.</summary>
    public double Seconds { get; set; }

    /// <summary>The learning rate of the last of them.</summary>
    public double LearningRate { get; set; }

    /// <summary>The norm of the gradient of the last of them, which may be infinite.</summary>
    public double GradientNorm { get; set; }
}

/// <summary>The arrays of a run, now and at the end of the last good epoch. Most have the layout of the parameters.</summary>
internal sealed class TrainingSnapshot
{
    private readonly (string Name, Memory<float> Values)[] current, good;
    private readonly (string Name, Memory<float> Values) states;

    /// <param name="parameters">The parameters that the optimizer updates.</param>
    /// <param name="moments">The moments of the optimizer, and the average of the parameters if there is one.</param>
    /// <param name="states">The states of the streams, which every epoch resets. May be empty.</param>
    public TrainingSnapshot(Memory<float> parameters, IReadOnlyList<(string Name, Memory<float> Values)> moments, Memory<float> states)
    {
        current = [("parameters", parameters), .. moments];
        good = [.. current.Select(array => ("good." + array.Name, new Memory<float>(new float[array.Values.Length])))];
        this.states = ("states", states);
    }

    /// <summary>The arrays of a checkpoint.</summary>
    public IEnumerable<(string Name, Memory<float> Values)> Named =>
        states.Values.IsEmpty ? [.. current, .. good] : [.. current, .. good, states];

    /// <summary>Marks the current values as good.</summary>
    public void MarkGood() => Copy(current, good);

    /// <summary>Restores the last good values.</summary>
    public void RestoreGood() => Copy(good, current);

    private static void Copy((string Name, Memory<float> Values)[] from, (string Name, Memory<float> Values)[] to)
    {
        for (int index = 0; index < from.Length; index++) from[index].Values.CopyTo(to[index].Values);
    }
}
