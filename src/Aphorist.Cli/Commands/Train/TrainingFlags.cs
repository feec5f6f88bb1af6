using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;
using static Aphorist.Cli.CommandLine.ChoiceOptions;
using static Aphorist.Cli.CommandLine.NumberOptions;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The options of training, one entry each: heading, help and the property that it sets.</summary>
internal static class TrainingFlags
{
    private static readonly TrainingOptions Defaults = Preset.Default.Training;

    private static readonly NumberOption<ulong> SeedOption =
        Seed("--seed", "Random seed. The same seed gives the same model.", Defaults.Seed);

    // The order matters: --minutes sets the limit again that --epochs removes.
    public static SettingTable<TrainingOptions> Table { get; } = new()
    {
        {
            Heading.Common,
            Whole(
                "--epochs",
                "Number of passes over the training set. Removes the time limit of the preset, unless --minutes gives one. Default: as "
                + "many as the time limit allows.",
                1),
            WithEpochs
        },
        {
            Heading.Common,
            Real(
                "--minutes",
                "minutes",
                "Time limit for training in minutes, validation not included. Default: 1.",
                NumberRange.Above(0, 1e6))
                .Sets(nameof(TrainingOptions.TimeBudget)),
            (options, value) => options with { TimeBudget = TimeSpan.FromMinutes(value) }
        },
        {
            Heading.Common,
            Real(
                "--validation",
                "fraction",
                "Fraction of the corpus, from its end, held out as validation set.",
                NumberRange.BelowOne, Defaults.ValidationShare)
                .Sets(nameof(TrainingOptions.ValidationShare)),
            (options, value) => options with { ValidationShare = value }
        },
        {
            Heading.Training,
            new ChoiceOption<Objective>(
                "--objective",
                "windows: predict the token after each window, as the notebook does. stream: predict every token of long streams, which "
                + "learns faster.",
                Defaults.Objective, ("windows", Objective.Windows), ("stream", Objective.Stream)),
            (options, value) => options with { Objective = value }
        },
        {
            Heading.Training,
            Whole("--batch", "Batch size: windows or streams per training step.", 1, 1_000_000, Defaults.BatchSize)
                .Sets(nameof(TrainingOptions.BatchSize)),
            (options, value) => options with { BatchSize = value }
        },
        {
            Heading.Training,
            Whole("--step", "Stride: tokens between the starts of two windows.", 1, fallback: Defaults.Stride)
                .Sets(nameof(TrainingOptions.Stride)),
            (options, value) => options with { Stride = value },
            "--objective windows", options => options.Objective == Objective.Windows
        },
        {
            Heading.Training,
            Whole("--sequence", "Sequence length: tokens of a stream per training step.", 1, 100_000, Defaults.SequenceLength)
                .Sets(nameof(TrainingOptions.SequenceLength)),
            (options, value) => options with { SequenceLength = value },
            "--objective stream", options => options.Objective == Objective.Stream
        },
        {
            Heading.Training,
            Real("--dropout", "p", "Dropout probability on each layer's outputs.", NumberRange.BelowOne, Defaults.Dropout),
            (options, value) => options with { Dropout = value }
        },
        {
            Heading.Training,
            Whole(
                "--patience",
                "Early stopping: end training after this many epochs without a lower loss; 0 for never.",
                0, fallback: Defaults.Patience),
            (options, value) => options with { Patience = value }
        },
        {
            Heading.Training,
            TrueOrFalse(
                "--divergence-guard",
                "If the loss explodes, restore the last good weights and lower the learning rate.",
                Defaults.DivergenceGuard),
            (options, value) => options with { DivergenceGuard = value }
        },
        {
            Heading.Training,
            SeedOption,
            (options, value) => options with { Seed = value }
        },
        {
            Heading.Training,
            Whole("--threads", "Number of threads. The result does not depend on it. Default: one per processor.", 1, 1024),
            (options, value) => options with { Threads = value }
        },
        {
            Heading.Optimizer,
            new ChoiceOption<OptimizerKind>(
                "--optimizer", "Optimization algorithm.", Defaults.Optimizer,
                ("rmsprop", OptimizerKind.RmsProp), ("adam", OptimizerKind.Adam),
                ("adamw", OptimizerKind.AdamW), ("sgd", OptimizerKind.Sgd)),
            (options, value) => options with { Optimizer = value }
        },
        {
            Heading.Optimizer,
            Real("--learning-rate", "rate", "Learning rate.", NumberRange.Above(0), Defaults.LearningRate),
            (options, value) => options with { LearningRate = value }
        },
        {
            Heading.Optimizer,
            new ChoiceOption<LearningRateSchedule>(
                "--schedule",
                "Learning rate schedule. linear and cosine: falling to 1 % over the whole training. step: 3 % less with each epoch from "
                + "the tenth on. "
                + "plateau: half when the loss stops falling.",
                Defaults.Schedule,
                ("constant", LearningRateSchedule.Constant), ("linear", LearningRateSchedule.Linear),
                ("cosine", LearningRateSchedule.Cosine),
                ("step", LearningRateSchedule.Step), ("plateau", LearningRateSchedule.Plateau)),
            (options, value) => options with { Schedule = value }
        },
        {
            Heading.Optimizer,
            Whole("--warm-up", "Warmup: training steps over which the learning rate rises from 0.", 0, fallback: Defaults.WarmupSteps)
                .Sets(nameof(TrainingOptions.WarmupSteps)),
            (options, value) => options with { WarmupSteps = value }
        },
        {
            Heading.Optimizer,
            Real("--weight-decay", "x", "Weight decay.", NumberRange.AtLeast(0), Defaults.WeightDecay),
            (options, value) => options with { WeightDecay = value }
        },
        {
            Heading.Optimizer,
            Real(
                "--clip-norm",
                "x",
                "Gradient clipping: maximum norm of the whole gradient; 0 for no limit.",
                NumberRange.AtLeast(0), Defaults.ClipNorm),
            (options, value) => options with { ClipNorm = value }
        },
        {
            Heading.Optimizer,
            Real(
                "--clip-value",
                "x",
                "Gradient clipping: maximum absolute value of each gradient; 0 for no limit.",
                NumberRange.AtLeast(0), Defaults.ClipValue),
            (options, value) => options with { ClipValue = value }
        },
        {
            Heading.Optimizer,
            Real(
                "--average",
                "decay",
                "Decay of an exponential moving average (EMA) of the weights, such as 0.999; the model is then the average. 0 for none.",
                NumberRange.BelowOne, Defaults.EmaDecay).Sets(nameof(TrainingOptions.EmaDecay)),
            (options, value) => options with { EmaDecay = value }
        },
        {
            Heading.Evaluation,
            Whole(
                "--validate-every",
                "Training steps between two validations within an epoch; 0 for none. There is always one after each epoch.",
                0, fallback: Defaults.ValidationInterval).Sets(nameof(TrainingOptions.ValidationInterval)),
            (options, value) => options with { ValidationInterval = value }
        },
        {
            Heading.Evaluation,
            Whole(
                "--validation-tokens",
                "Maximum number of tokens to predict in a validation, spread evenly over the validation set; 0 for no limit. Default: as "
                + "many as take less than about a tenth of the training time.",
                0).Sets(nameof(TrainingOptions.MaxValidationTokens)),
            (options, value) => options with { MaxValidationTokens = value }
        },
        {
            Heading.Run,
            Real(
                "--checkpoint-interval",
                "seconds",
                "Seconds between two checkpoints within an epoch. There is always one after each epoch.",
                NumberRange.Above(0, 1e6), Defaults.CheckpointInterval.TotalSeconds),
            (options, value) => options with { CheckpointInterval = TimeSpan.FromSeconds(value) }
        },
    };

    private static TrainingOptions WithEpochs(TrainingOptions options, int epochs)
    {
        TimeSpan? ofPreset = Preset.All.FirstOrDefault(preset => preset.Name == options.Preset)?.Training.TimeBudget;
        return options with { Epochs = epochs, TimeBudget = options.TimeBudget == ofPreset ? null : options.TimeBudget };
    }

    /// <summary>The seed that a call gives, or the default.</summary>
    public static ulong SeedOf(ParseResult call) => SeedOption.GetValue(call) ?? Defaults.Seed;
}
