using System.Text.Json.Serialization;

namespace Aphorist.Training;

/// <summary>
/// How a model is trained. The defaults of the properties are those of the notebook; runs on disk use <see cref="Quick"/> by default.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>The options of the Keras notebook, which are the defaults.</summary>
    public static TrainingOptions Notebook { get; } = new();

    /// <summary>The default options of Karpathy's char-rnn, with RMSprop as in Keras.</summary>
    public static TrainingOptions CharRnn { get; } = new()
    {
        Preset = "char-rnn",
        Objective = Objective.Stream,
        Epochs = 50,
        BatchSize = 50,
        SequenceLength = 50,
        LearningRate = 0.002,
        Schedule = LearningRateSchedule.Step,
        ClipValue = 5,
        ValidationShare = 0.05,
    };

    /// <summary>One minute of training: readable output on two cores.</summary>
    public static TrainingOptions Quick { get; } = new()
    {
        Preset = "quick",
        Objective = Objective.Stream,
        Epochs = 1000,
        TimeBudget = TimeSpan.FromMinutes(1),
        BatchSize = 16,
        SequenceLength = 32,
        Optimizer = OptimizerKind.AdamW,
        LearningRate = 0.008,
        Schedule = LearningRateSchedule.Linear,
        WarmupSteps = 200,
        WeightDecay = 0.03,
        ClipNorm = 1,
        Dropout = 0.45,
        ValidationShare = 0.05,
    };

    /// <summary>Fifteen minutes of training: the best model for that time on two cores.</summary>
    public static TrainingOptions Best { get; } = new()
    {
        Preset = "best",
        Objective = Objective.Stream,
        Epochs = 1000,
        TimeBudget = TimeSpan.FromMinutes(15),
        BatchSize = 32,
        Optimizer = OptimizerKind.AdamW,
        LearningRate = 0.003,
        Schedule = LearningRateSchedule.Cosine,
        WeightDecay = 0.05,
        ClipNorm = 1,
        Dropout = 0.4,
        ValidationShare = 0.05,
    };

    /// <summary>The name of the preset that these options come from, for the model's record. "notebook" by default.</summary>
    public string Preset { get; init; } = "notebook";

    /// <summary>The number of epochs: passes over the training data. At least 1; 59 by default, as in the notebook.</summary>
    public int Epochs { get; init; } = 59;

    /// <summary>What the model predicts in training. <see cref="Objective.Windows"/> by default.</summary>
    public Objective Objective { get; init; } = Objective.Windows;

    /// <summary>Tokens between the starts of two windows. At least 1; 3 by default. Streams do not use it.</summary>
    [JsonPropertyName("step")]
    public int Stride { get; init; } = 3;

    /// <summary>
    /// Tokens of each stream per training step, through which gradients are backpropagated. At least 1; 64 by default. Windows do not use
    /// it.
    /// </summary>
    public int SequenceLength { get; init; } = 64;

    /// <summary>Windows or streams per training step. At least 1; 128 by default.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The optimizer. RMSprop by default.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.RmsProp;

    /// <summary>The learning rate. Above 0; 0.01 by default.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>How the learning rate changes during training. Constant by default.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Training steps over which the learning rate rises linearly from 0 to its value. 0, the default, for no warmup.</summary>
    [JsonPropertyName("warmUpSteps")]
    public int WarmupSteps { get; init; }

    /// <summary>
    /// Weight decay: added to the gradient as an L2 penalty, or with AdamW decoupled from it. At least 0; 0, the default, for none.
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// Gradient clipping by norm: the maximum L2 norm of the whole gradient, which is scaled down to it. 0, the default, for none.
    /// </summary>
    public double ClipNorm { get; init; }

    /// <summary>Gradient clipping by value: the maximum absolute value of each element. 0, the default, for none.</summary>
    public double ClipValue { get; init; }

    /// <summary>
    /// The decay of an exponential moving average (EMA) of the weights, for example 0.999 (Polyak, Juditsky, 1992). The decay is lower in
    /// the first steps. The model then holds the average, also for validation and samples, while training continues from the weights
    /// themselves, to which the training loss belongs. At least 0 and below 1; 0, the default, for no average.
    /// </summary>
    [JsonPropertyName("averagingDecay")]
    public double EmaDecay { get; init; }

    /// <summary>
    /// The dropout probability on the outputs of each layer. A sequence drops the same units at all of its steps (variational dropout: Gal,
    /// Ghahramani, 2016). Residual connections are not dropped. At least 0 and below 1; 0, the default, for none.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The share of the corpus, from its end, that is the validation set. At least 0 and below 1; 0, the default, for none.
    /// </summary>
    public double ValidationShare { get; init; }

    /// <summary>
    /// Training steps between two validations within an epoch, besides the one after each epoch. 0, the default, for none.
    /// </summary>
    public int ValidationInterval { get; init; }

    /// <summary>
    /// The maximum number of tokens that a validation predicts. They are spread evenly over the validation set, always at the same places.
    /// At least 1; 0 for no limit; null, the default, for a limit at which validation takes less than about a tenth of the training time: a
    /// quarter of the predictions that are trained before the first validation, rounded down to a power of two, but at least 8,192. With a
    /// time budget that ends within the first epoch, this limit depends on the speed of the machine.
    /// </summary>
    public int? MaxValidationTokens { get; init; }

    /// <summary>
    /// Early stopping: training ends after this many epochs without a lower validation loss (training loss, if there is no validation). 0,
    /// the default, to train every epoch.
    /// </summary>
    public int Patience { get; init; }

    /// <summary>
    /// The time after which training ends, without validation time. The linear and cosine schedules end with it. Null, the default, for no
    /// limit. With a time budget the result depends on the speed of the machine.
    /// </summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>The seed of the initial weights, the order of the windows and the dropout. 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads. 0, the default, for one per processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether training returns to the last good weights with half the learning rate when the loss rises sharply. True by default.
    /// </summary>
    public bool DivergenceGuard { get; init; } = true;

    /// <summary>The time between two checkpoints within an epoch, besides the one after each epoch. One minute by default.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The training time between two <see cref="StepsCompleted"/> events. Null, the default, for the usual one.</summary>
    internal TimeSpan? StepMetricsInterval { get; init; }

    /// <summary>Whether training ends after these epochs: all are done, the time is over, or the patience is.</summary>
    internal bool IsComplete(IReadOnlyList<EpochCompleted> epochs) =>
        epochs.Count >= Epochs
        || (TimeBudget is { } budget && epochs.Sum(epoch => epoch.Seconds) >= budget.TotalSeconds)
        || (Patience > 0 && epochs.Reverse().TakeWhile(epoch => !epoch.IsBest).Count() >= Patience);

    /// <summary>Checks the range of every option.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    internal void Validate()
    {
        Require(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(Stride >= 1, nameof(Stride), Stride, "at least 1");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Require(SequenceLength >= 1, nameof(SequenceLength), SequenceLength, "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Require(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "at least 0");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "at least 0");
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), nameof(ClipNorm), ClipNorm, "above 0, or 0 for no clipping");
        Require(ClipValue >= 0 && double.IsFinite(ClipValue), nameof(ClipValue), ClipValue, "above 0, or 0 for no clipping");
        Require(EmaDecay is >= 0 and < 1, nameof(EmaDecay), EmaDecay, "at least 0 and below 1");
        Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "at least 0 and below 1");
        Require(ValidationShare is >= 0 and < 1, nameof(ValidationShare), ValidationShare, "at least 0 and below 1");
        Require(ValidationInterval >= 0, nameof(ValidationInterval), ValidationInterval, "at least 1, or 0 for none within an epoch");
        Require(
            MaxValidationTokens is null or >= 0, nameof(MaxValidationTokens), MaxValidationTokens, "at least 1, or 0 for no limit");
        Require(Patience >= 0, nameof(Patience), Patience, "at least 1 epoch, or 0 for no early stopping");
        Require(TimeBudget is null || TimeBudget > TimeSpan.Zero, nameof(TimeBudget), TimeBudget, "above 0");
        Require(Threads >= 0, nameof(Threads), Threads, "at least 1, or 0 for one per processor");
        Require(CheckpointInterval >= TimeSpan.Zero, nameof(CheckpointInterval), CheckpointInterval, "at least 0");
    }

    internal static void Require(bool isValid, string name, object? value, string range)
    {
        if (!isValid) throw new InvalidOptionsException(FormattableString.Invariant($"{name} is {value}. It must be {range}."), name);
    }
}

/// <summary>What a model predicts in training and evaluation.</summary>
public enum Objective
{
    /// <summary>The token after each window of the text, as in the notebook. Each window starts from a zero state.</summary>
    Windows,

    /// <summary>
    /// Every token of streams that are read in parallel, as in char-rnn. The state is carried from batch to batch, and gradients are
    /// truncated between batches (truncated backpropagation through time).
    /// </summary>
    Stream,
}

/// <summary>The algorithm that updates the parameters from their gradients.</summary>
public enum OptimizerKind
{
    /// <summary>RMSprop as in Keras: rho 0.9, epsilon 1e-7 added to the root.</summary>
    RmsProp,

    /// <summary>Adam (Kingma, Ba, 2015): beta 0.9 and 0.999, epsilon 1e-8. Weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>AdamW (Loshchilov, Hutter, 2019): Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with Nesterov momentum 0.9.</summary>
    Sgd,
}

/// <summary>How the learning rate changes during training.</summary>
public enum LearningRateSchedule
{
    /// <summary>It does not change.</summary>
    Constant,

    /// <summary>It falls to 1 % along half a cosine, over the whole training.</summary>
    Cosine,

    /// <summary>It falls linearly to 1 %, over the whole training.</summary>
    Linear,

    /// <summary>It falls by 3 % per epoch from the tenth epoch on, as in char-rnn.</summary>
    Step,

    /// <summary>It is halved after two epochs without a lower loss.</summary>
    Plateau,
}
