namespace Aphorist.Training.Runs;

/// <summary>Everything a run needs to go on, apart from the arenas: what a checkpoint holds as text.</summary>
internal sealed record TrainingState
{
    /// <summary>See <see cref="RunFormat"/>.</summary>
    public int FormatVersion { get; init; }

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

/// <summary>What makes two runs the same run: the texts, the model's shape and the options that decide the numbers.</summary>
internal sealed record RunIdentity(string CorpusSha256, ModelSpec Model, TrainingOptions Training)
{
    /// <summary>The SHA-256 of the text that is measured on; null where that is a part of the corpus.</summary>
    public string? ValidationSha256 { get; init; }

    /// <summary>The identity of a run, in which what may change between sessions has its default.</summary>
    public static RunIdentity Of(string corpusSha256, ModelSpec model, TrainingOptions options)
    {
        TrainingOptions defaults = new();
        // Checkpoints that know no convolutions have no kernel size, which is read as 0.
        if (model.Architecture != Architecture.Convolution) model = model with { KernelSize = 0 };
        return new RunIdentity(corpusSha256, model, options with
        {
            Preset = defaults.Preset,
            Epochs = options.Schedule == LearningRateSchedule.Cosine ? options.Epochs : defaults.Epochs,
            Threads = defaults.Threads,
            CheckpointInterval = defaults.CheckpointInterval,
            Patience = defaults.Patience,
            ValidationInterval = defaults.ValidationInterval,
            TimeBudget = defaults.TimeBudget,
        });
    }
}
