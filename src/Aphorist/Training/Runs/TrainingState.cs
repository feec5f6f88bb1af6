using System.Text.Json.Serialization;

namespace Aphorist.Training.Runs;

/// <summary>Everything that a run needs to resume, apart from its arrays.</summary>
internal sealed record TrainingState
{
    public const int CurrentFormatVersion = 1;

    [JsonRequired]
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>What must not change when the run is resumed.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>The epochs completed.</summary>
    public List<EpochCompleted> History { get; init; } = [];

    /// <summary>Batches done in the current epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Summed loss of the current epoch's windows so far, in nats.</summary>
    public double LossSum { get; set; }

    /// <summary>Right predictions of the current epoch so far.</summary>
    public int Correct { get; set; }

    /// <summary>Predictions of the current epoch so far.</summary>
    public long Predictions { get; set; }

    /// <summary>Training steps done in all epochs.</summary>
    public long Steps { get; set; }

    /// <summary>Training steps that another program's optimizer had done before the first.</summary>
    public long StepsBefore { get; init; }

    /// <summary>Training steps done at the end of the last good epoch.</summary>
    public long GoodSteps { get; set; }

    /// <summary>Seconds of training in the current epoch so far.</summary>
    public double Seconds { get; set; }

    /// <summary>The learning rate, which the divergence guard lowers.</summary>
    public double LearningRate { get; set; }

    /// <summary>How often training returned to good weights.</summary>
    public int Divergences { get; set; }

    /// <summary>The mean loss of the epoch's recent batches, which the divergence guard watches.</summary>
    public double RecentLoss { get; set; }

    /// <summary>How many batches went into <see cref="RecentLoss"/>.</summary>
    public int RecentBatches { get; set; }

    /// <summary>The lowest validation loss so far, or training loss if nothing is held out; null before the first.</summary>
    public double? BestLoss { get; set; }

    /// <summary>Begins the current epoch, or begins it again.</summary>
    public void RestartEpoch()
    {
        (Batch, LossSum, Correct, Predictions, Seconds) = (0, 0, 0, 0, 0);
        (RecentLoss, RecentBatches) = (0, 0);
    }
}
