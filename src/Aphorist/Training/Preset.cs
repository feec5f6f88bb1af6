namespace Aphorist.Training;

/// <summary>A named combination of model, training options and text normalisation.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it is, in one sentence.</param>
/// <param name="Model">The model's shape.</param>
/// <param name="Training">The training options.</param>
/// <param name="Lowercase">Whether the corpus is lower-cased.</param>
public sealed record Preset(string Name, string Description, ModelSpec Model, TrainingOptions Training, bool Lowercase)
{
    /// <summary>The Keras notebook, exactly.</summary>
    public static Preset Notebook { get; } = new(
        "notebook",
        "The Keras notebook: LSTM(128) over windows of 60 characters every 3, RMSprop(0.01), 59 epochs, lower-cased text.",
        ModelSpec.Notebook,
        TrainingOptions.Notebook,
        Lowercase: true);

    /// <summary>Karpathy's char-rnn with its default options, but for RMSprop, which is Keras's.</summary>
    public static Preset CharRnn { get; } = new(
        "char-rnn",
        "Karpathy's char-rnn: LSTM(128) twice over streams of 50 x 50 characters, RMSprop(0.002) falling by 3 % an epoch, 50 epochs.",
        new ModelSpec { HiddenSize = 128, Layers = 2, Gates = GateActivation.Sigmoid },
        new TrainingOptions
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
        },
        Lowercase: false);

    /// <summary>A model worth reading after a minute.</summary>
    public static Preset Quick { get; } = new(
        "quick",
        "A model worth reading after one minute on two cores: normalised LSTM(256) over streams of 16 x 64 characters, Adam on a cosine of one minute.",
        new ModelSpec { HiddenSize = 256, LayerNormalization = true, Gates = GateActivation.Sigmoid },
        new TrainingOptions
        {
            Preset = "quick",
            Objective = Objective.Stream,
            Epochs = 1000,
            TimeBudget = TimeSpan.FromMinutes(1),
            BatchSize = 16,
            Optimizer = OptimizerKind.Adam,
            LearningRate = 0.004,
            Schedule = LearningRateSchedule.Cosine,
            ClipNorm = 1,
            Dropout = 0.15,
            ValidationShare = 0.05,
        },
        Lowercase: false);

    /// <summary>As good as a quarter of an hour makes it.</summary>
    public static Preset Best { get; } = new(
        "best",
        "As good a model as fifteen minutes on two cores make: normalised LSTM(384) twice over streams of 32 x 64 characters, dropout 0.4, AdamW on a cosine of that time.",
        new ModelSpec { HiddenSize = 384, Layers = 2, LayerNormalization = true, Gates = GateActivation.Sigmoid },
        new TrainingOptions
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
        },
        Lowercase: false);

    /// <summary>Every preset.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Notebook, CharRnn, Quick, Best];
}
