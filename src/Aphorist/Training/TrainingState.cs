using Aphorist.Model;

namespace Aphorist.Training;

/// <summary>Everything a run needs to go on, apart from the arenas: what a checkpoint holds as text.</summary>
internal sealed record TrainingState
{
    /// <summary>Tells one run from another: what may not change when it is resumed.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>The epochs completed.</summary>
    public List<EpochCompleted> History { get; init; } = [];

    /// <summary>Batches done in the current epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Summed loss of the current epoch's windows so far, in nats.</summary>
    public double LossSum { get; set; }

    /// <summary>Right predictions of the current epoch so far.</summary>
    public int Correct { get; set; }

    /// <summary>Windows of the current epoch so far.</summary>
    public int Windows { get; set; }

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

    /// <summary>Begins the current epoch, or begins it again.</summary>
    public void RestartEpoch()
    {
        (Batch, LossSum, Correct, Windows, Seconds) = (0, 0, 0, 0, 0);
        (RecentLoss, RecentBatches) = (0, 0);
    }
}

/// <summary>What makes two runs the same run: the corpus, the model's shape and the options that decide the numbers.</summary>
internal sealed record RunIdentity(
    string CorpusSha256,
    ModelSpec Model,
    int Step,
    int BatchSize,
    double LearningRate,
    double ValidationShare,
    ulong Seed,
    bool DivergenceGuard);
