using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The options of `aphorist train` that say how the model learns.</summary>
internal static class LearningOptions
{
    private static readonly ChoiceOption<Objective> Objective = new(
        "--objective", "windows predicts the token after each window, as the notebook does; stream predicts every token of streams that are read on and on, which learns far faster.",
        ("windows", Aphorist.Training.Objective.Windows), ("stream", Aphorist.Training.Objective.Stream));

    private static readonly NumberOption<int> Epochs = NumberOptions.Whole("--epochs", "Passes over the text. 59 in the notebook preset.", 1);

    private static readonly NumberOption<double> Minutes = NumberOptions.Real(
        "--minutes", "minutes", "Time for training, validation not counted; training then ends with the epoch at hand unfinished. No limit by default.",
        value => value > 0 && value <= 1e6, "a number of minutes above 0, up to a million");

    private static readonly NumberOption<int> Patience = NumberOptions.Whole("--patience", "Epochs without a better loss after which training ends. 0, the default, for never.", 0);

    private static readonly NumberOption<double> Validation = NumberOptions.Real(
        "--validation", "share", "Share of the text, from its end, that is held out to measure on. 0 in the notebook preset.",
        value => value >= 0 && value < 1, "a share from 0 to below 1");

    private static readonly Option<string?> ValidationText = new("--validation-text")
    {
        Description = "Another text to measure on, instead of a share of this one: a name that `aphorist corpora` lists, a file, a folder or a pattern. It is read as the text to learn is.",
        HelpName = "text",
    };

    private static readonly NumberOption<int> ValidationInterval = NumberOptions.Whole(
        "--validate-every", "Training steps between two measurements of the held-out part within an epoch; one is made after every epoch in any case. 0, the default, for no others.", 0);

    private static readonly NumberOption<int> Step = NumberOptions.Whole(
        "--step", "Tokens between the starts of two windows. 3 in the notebook preset.", 1);

    private static readonly NumberOption<int> Sequence = NumberOptions.Whole(
        "--sequence", "Tokens of a stream in one training step. 64 by default.", 1, 100_000);

    private static readonly NumberOption<int> Batch = NumberOptions.Whole("--batch", "Windows, or streams, per training step. 128 in the notebook preset.", 1, 1_000_000);

    private static readonly ChoiceOption<OptimizerKind> Optimizer = new(
        "--optimizer", "How gradients move the weights. rmsprop in the notebook preset.",
        ("rmsprop", OptimizerKind.RmsProp), ("adam", OptimizerKind.Adam), ("adamw", OptimizerKind.AdamW), ("sgd", OptimizerKind.Sgd));

    private static readonly NumberOption<double> LearningRate = NumberOptions.Real(
        "--learning-rate", "rate", "The optimizer's step size. 0.01 in the notebook preset.", value => value > 0, "a number above 0");

    private static readonly ChoiceOption<LearningRateSchedule> Schedule = new(
        "--schedule", "How the learning rate changes: not at all, along half a cosine over the whole training, 3 % less with each epoch from the tenth on, or by half when the loss stops falling.",
        ("constant", LearningRateSchedule.Constant), ("cosine", LearningRateSchedule.Cosine), ("step", LearningRateSchedule.Step), ("plateau", LearningRateSchedule.Plateau));

    private static readonly NumberOption<int> WarmUp = NumberOptions.Whole("--warm-up", "Training steps over which the learning rate rises from 0. 0 in the notebook preset.", 0);

    private static readonly NumberOption<double> WeightDecay = NonNegative("--weight-decay", "How strongly weights are drawn to 0. 0 by default.");

    private static readonly NumberOption<double> ClipNorm = NonNegative("--clip-norm", "The largest norm of the whole gradient; 0 for none. 0 in the notebook preset.");

    private static readonly NumberOption<double> ClipValue = NonNegative("--clip-value", "The largest absolute value of a gradient; 0 for none. 0 in the notebook preset.");

    private static readonly NumberOption<double> Average = NumberOptions.Real(
        "--average", "decay", "How much of the running average of the weights stays at each step, such as 0.999; the model is then that average. 0, the default, for none.",
        value => value >= 0 && value < 1, "a decay from 0 to below 1");

    private static readonly NumberOption<double> Dropout = NumberOptions.Real(
        "--dropout", "share", "Share of each layer's outputs that is dropped while learning, so that less is learned by heart. 0 in the notebook preset.",
        value => value >= 0 && value < 1, "a share from 0 to below 1");

    private static readonly ChoiceOption<bool> DivergenceGuard = ChoiceOptions.TrueOrFalse(
        "--divergence-guard", "Whether to return to the last good weights, with a smaller learning rate, when the loss explodes. true by default.");

    private static readonly NumberOption<double> CheckpointInterval = NumberOptions.Real(
        "--checkpoint-interval", "seconds", "Seconds between two checkpoints within an epoch; one is written after every epoch in any case. 60 by default.",
        value => value > 0 && value <= 1e6, "a number of seconds above 0, up to a million");

    private static readonly NumberOption<ulong> Seed = NumberOptions.Seed("--seed", "The seed of everything random. 0 by default; the same seed makes the same model.");

    private static readonly NumberOption<int> Threads = NumberOptions.Whole(
        "--threads", "Threads that train. One for each processor by default; the model does not depend on it.", 1, 1024);

    public static IEnumerable<Option> All =>
    [
        Objective, Epochs, Minutes, Patience, Validation, ValidationText, ValidationInterval, Step, Sequence, Batch, Optimizer, LearningRate, Schedule, WarmUp, WeightDecay, ClipNorm, ClipValue,
        Average, Dropout, DivergenceGuard, CheckpointInterval, Seed, Threads,
    ];

    /// <summary>The text that a call names to measure on; null if it names none.</summary>
    public static string? ValidationTextIn(ParseResult call) => call.GetValue(ValidationText);

    /// <summary>The seed that a call gives, or the one where it gives none.</summary>
    public static ulong SeedIn(ParseResult call) => Seed.GetValue(call) ?? TrainingOptions.Notebook.Seed;

    /// <summary>The options with what a call changes in them.</summary>
    /// <exception cref="UsageException">The call contradicts itself.</exception>
    public static TrainingOptions Change(TrainingOptions options, ParseResult call)
    {
        TrainingOptions changed = Changed(options, call);
        bool isStream = changed.Objective == Aphorist.Training.Objective.Stream;
        if (isStream && Step.GetValue(call) is not null)
            throw new UsageException($"{Step.Name} is the distance between windows, and a stream is learnt token by token: add {Objective.Name} windows, or leave it out.");
        if (!isStream && Sequence.GetValue(call) is not null)
            throw new UsageException($"{Sequence.Name} is for streams, and windows are as long as --window says: add {Objective.Name} stream, or leave it out.");
        return changed;
    }

    private static TrainingOptions Changed(TrainingOptions options, ParseResult call) => options with
    {
        Objective = Objective.GetValue(call) ?? options.Objective,
        Epochs = Epochs.GetValue(call) ?? options.Epochs,
        TimeBudget = Minutes.GetValue(call) is double minutes ? TimeSpan.FromMinutes(minutes) : options.TimeBudget,
        Patience = Patience.GetValue(call) ?? options.Patience,
        ValidationShare = ShareHeldOut(call) ?? options.ValidationShare,
        ValidationInterval = ValidationInterval.GetValue(call) ?? options.ValidationInterval,
        Stride = Step.GetValue(call) ?? options.Stride,
        SequenceLength = Sequence.GetValue(call) ?? options.SequenceLength,
        BatchSize = Batch.GetValue(call) ?? options.BatchSize,
        Optimizer = Optimizer.GetValue(call) ?? options.Optimizer,
        LearningRate = LearningRate.GetValue(call) ?? options.LearningRate,
        Schedule = Schedule.GetValue(call) ?? options.Schedule,
        WarmupSteps = WarmUp.GetValue(call) ?? options.WarmupSteps,
        WeightDecay = WeightDecay.GetValue(call) ?? options.WeightDecay,
        ClipNorm = ClipNorm.GetValue(call) ?? options.ClipNorm,
        ClipValue = ClipValue.GetValue(call) ?? options.ClipValue,
        EmaDecay = Average.GetValue(call) ?? options.EmaDecay,
        Dropout = Dropout.GetValue(call) ?? options.Dropout,
        DivergenceGuard = DivergenceGuard.GetValue(call) ?? options.DivergenceGuard,
        CheckpointInterval = CheckpointInterval.GetValue(call) is double seconds ? TimeSpan.FromSeconds(seconds) : options.CheckpointInterval,
        Seed = Seed.GetValue(call) ?? options.Seed,
        Threads = Threads.GetValue(call) ?? options.Threads,
    };

    /// <summary>With a text to measure on, nothing is held out of the other, whatever the preset says.</summary>
    private static double? ShareHeldOut(ParseResult call)
    {
        if (ValidationTextIn(call) is null) return Validation.GetValue(call);
        return Validation.GetValue(call) is null
            ? 0
            : throw new UsageException($"{Validation.Name} and {ValidationText.Name} both say what to measure on: leave out one of them.");
    }

    private static NumberOption<double> NonNegative(string name, string description) =>
        NumberOptions.Real(name, "x", description, value => value >= 0, "a number from 0 up");
}
