namespace Aphorist.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>The notebook's options, which are the defaults.</summary>
    public static TrainingOptions Notebook { get; } = new();

    /// <summary>The name of the preset these options come from, for the model's record. "notebook" by default.</summary>
    public string Preset { get; init; } = "notebook";

    /// <summary>Passes over the windows. 59 by default, as the notebook's range(1, 60) makes.</summary>
    public int Epochs { get; init; } = 59;

    /// <summary>Characters between the starts of two windows. 3 by default.</summary>
    public int Step { get; init; } = 3;

    /// <summary>Windows per training step. 128 by default.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>RMSprop's learning rate. 0.01 by default.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Share of the windows, from the end of the corpus, that is held out for validation: 0 (none, the default) to below 1.</summary>
    public double ValidationShare { get; init; }

    /// <summary>The seed of the initial weights and of the order of the windows. 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that train; 0, the default, takes one for each processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Whether training returns to the last good weights with a smaller learning rate when the loss explodes. On by default.</summary>
    public bool DivergenceGuard { get; init; } = true;

    /// <summary>Time between two checkpoints within an epoch; one is written after every epoch in any case. One minute by default.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        Require(Epochs >= 1, $"The number of epochs is {Epochs}; it must be at least 1.");
        Require(Step >= 1, $"The step between windows is {Step}; it must be at least 1.");
        Require(BatchSize >= 1, $"The batch size is {BatchSize}; it must be at least 1.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"The learning rate is {LearningRate}; it must be above 0.");
        Require(ValidationShare is >= 0 and < 1, $"The validation share is {ValidationShare}; it must be at least 0 and below 1.");
        Require(Threads >= 0, $"The number of threads is {Threads}; it must be at least 1, or 0 for one a processor.");
        Require(CheckpointInterval >= TimeSpan.Zero, $"The checkpoint interval is {CheckpointInterval}; it must not be negative.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition) throw new ArgumentException(message);
    }
}
