using System.Text.Json.Serialization;

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

    /// <summary>What the model is asked while it learns. Windows by default.</summary>
    public Objective Objective { get; init; } = Objective.Windows;

    /// <summary>Characters between the starts of two windows. 3 by default.</summary>
    [JsonPropertyName("step")]
    public int Stride { get; init; } = 3;

    /// <summary>Characters that a stream reads in a training step, over which gradients flow back. 64 by default.</summary>
    public int SequenceLength { get; init; } = 64;

    /// <summary>Windows, or streams, per training step. 128 by default.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>How gradients move the parameters. RMSprop by default.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.RmsProp;

    /// <summary>The optimizer's learning rate. 0.01 by default.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>How the learning rate changes in the course of training. Constant by default.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Training steps over which the learning rate rises from 0 to its value. 0 by default.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>What share of each parameter is taken away, times the learning rate: added to the gradient, or for AdamW apart from it. 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The largest norm of the gradient of all parameters together; a larger one is scaled down. 0, the default, for none.</summary>
    public double ClipNorm { get; init; }

    /// <summary>The largest absolute value of a gradient; a larger one is cut. 0, the default, for none.</summary>
    public double ClipValue { get; init; }

    /// <summary>
    /// How much of the running average of the weights stays at each step (an exponential moving average: Polyak, Juditsky, 1992), less at first: 0 (no
    /// average, the default) to below 1, such as 0.999. The model is then the average, also for validation and samples; training goes on from the
    /// weights themselves, whose loss the training loss is. So the best average is only known where something is held out to measure it on.
    /// </summary>
    [JsonPropertyName("averagingDecay")]
    public double EmaDecay { get; init; }

    /// <summary>
    /// Share of the units that each layer hides from the one above: 0 (none, the default) to below 1. A sequence loses the same units at all of its
    /// steps (variational dropout: Gal, Ghahramani, 2016). What a residual layer adds to its output is not hidden.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>Share of the text, from its end, that is held out for validation: 0 (none, the default) to below 1.</summary>
    public double ValidationShare { get; init; }

    /// <summary>Training steps between two validations within an epoch; one is made after every epoch in any case. 0, the default, for no others.</summary>
    public int ValidationInterval { get; init; }

    /// <summary>Epochs without a better loss after which training ends. 0, the default, for never.</summary>
    public int Patience { get; init; }

    /// <summary>
    /// Time after which training ends, not counting validation; the cosine schedule then runs over this time. None by default. What a model has learned by
    /// then depends on the machine's speed.
    /// </summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The seed of the initial weights and of the order of the windows. 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads that train; 0, the default, takes one for each processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Whether training returns to the last good weights with a smaller learning rate when the loss explodes. On by default.</summary>
    public bool DivergenceGuard { get; init; } = true;

    /// <summary>Time between two checkpoints within an epoch; one is written after every epoch in any case. One minute by default.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether training ends after these epochs: all are done, the time is over, or the patience is.</summary>
    internal bool IsComplete(IReadOnlyList<EpochCompleted> epochs) =>
        epochs.Count >= Epochs
        || (TimeBudget is { } budget && epochs.Sum(epoch => epoch.Seconds) >= budget.TotalSeconds)
        || (Patience > 0 && epochs.Reverse().TakeWhile(epoch => !epoch.IsBest).Count() >= Patience);

    internal void Validate()
    {
        Require(Epochs >= 1, $"The number of epochs is {Epochs}; it must be at least 1.");
        Require(Stride >= 1, $"The step between windows is {Stride}; it must be at least 1.");
        Require(BatchSize >= 1, $"The batch size is {BatchSize}; it must be at least 1.");
        Require(SequenceLength >= 1, $"The sequence length is {SequenceLength}; it must be at least 1.");
        Require(WarmUpSteps >= 0, $"The number of warm-up steps is {WarmUpSteps}; it must not be negative.");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), $"The weight decay is {WeightDecay}; it must not be negative.");
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), $"The norm to clip at is {ClipNorm}; it must be above 0, or 0 for none.");
        Require(ClipValue >= 0 && double.IsFinite(ClipValue), $"The value to clip at is {ClipValue}; it must be above 0, or 0 for none.");
        Require(EmaDecay is >= 0 and < 1, $"The decay of the averaged weights is {EmaDecay}; it must be at least 0 and below 1.");
        Require(Dropout is >= 0 and < 1, $"The dropout is {Dropout}; it must be at least 0 and below 1.");
        Require(ValidationInterval >= 0, $"The validation interval is {ValidationInterval}; it must be at least 1 step, or 0 for none within an epoch.");
        Require(Patience >= 0, $"The patience is {Patience}; it must be at least 1 epoch, or 0 for no end.");
        Require(TimeBudget is null || TimeBudget > TimeSpan.Zero, $"The time budget is {TimeBudget}; it must be above 0.");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"The learning rate is {LearningRate}; it must be above 0.");
        Require(ValidationShare is >= 0 and < 1, $"The validation share is {ValidationShare}; it must be at least 0 and below 1.");
        Require(Threads >= 0, $"The number of threads is {Threads}; it must be at least 1, or 0 for one a processor.");
        Require(CheckpointInterval >= TimeSpan.Zero, $"The checkpoint interval is {CheckpointInterval}; it must not be negative.");
    }

    private static void Require(bool condition, FormattableString message)
    {
        if (!condition) throw new ArgumentException(FormattableString.Invariant(message));
    }
}
