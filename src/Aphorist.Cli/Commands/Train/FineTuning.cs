using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// The options of a run that starts from a model. An imported model can bring its optimizer, with which the run then continues.
/// </summary>
internal static class FineTuning
{
    /// <summary>Starts from what the model decides and applies a call to it.</summary>
    /// <param name="options">The options of the preset, with the model to start from.</param>
    /// <param name="preset">The preset that the call names, whose optimizer then takes precedence; null if it names none.</param>
    /// <param name="apply">Applies the call.</param>
    /// <exception cref="UsageException">The call changes what the model decides.</exception>
    public static TrainingRunOptions Change(TrainingRunOptions options, Preset? preset, Func<TrainingRunOptions, TrainingRunOptions> apply)
    {
        ModelFileInfo model = ModelFileInfo.Read(ModelPath.Of(options.From!));
        TrainingRunOptions start = options with
        {
            Model = model.Spec,
            Tokenizer = new TokenizerOptions { Kind = model.Tokenizer.Kind },
            Lowercase = model.Tokenizer.Normalization.Lowercase,
        };
        TrainingRunOptions chosen = apply(start);
        EnsureKept(start, chosen);
        if (preset is not null || OptimizerOf(model) is not { } kind) return chosen;
        TrainingRunOptions continued = apply(start with
        {
            // As Keras trains, which the optimizer comes from: on windows, with a constant learning rate.
            Training = TrainingOptions.Notebook with
            {
                Preset = start.Training.Preset,
                Epochs = start.Training.Epochs,
                TimeBudget = start.Training.TimeBudget,
                ValidationShare = start.Training.ValidationShare,
                Optimizer = kind,
                LearningRate = model.Origin!.LearningRate ?? start.Training.LearningRate,
                WeightDecay = model.Origin.WeightDecay ?? 0,
            },
        });
        return continued.Training.Optimizer == kind ? continued : chosen;
    }

    /// <summary>Says whether the run continues with the optimizer state of an imported model; null for a model without one.</summary>
    public static string? Note(TrainingRunOptions options)
    {
        ModelFileInfo model = ModelFileInfo.Read(ModelPath.Of(options.From!));
        if (OptimizerOf(model) is not { } kind) return null;
        (string optimizer, string program) = (model.Origin!.Optimizer!, model.Origin.Program);
        return kind == options.Training.Optimizer
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Continuing with the {optimizer} state imported from {program}, learning rate {options.Training.LearningRate:G4}.")
            : $"The {optimizer} state imported from {program} is not used, because this run has another optimizer.";
    }

    private static void EnsureKept(TrainingRunOptions start, TrainingRunOptions chosen)
    {
        string? kept = chosen.Model != start.Model ? "shape"
            : chosen.Tokenizer != start.Tokenizer ? "tokenizer"
            : chosen.Lowercase != start.Lowercase ? "normalization (--lowercase)"
            : null;
        if (kept is not null) throw new UsageException($"--from keeps the {kept} of the model: leave out the options that change it.");
    }

    private static OptimizerKind? OptimizerOf(ModelFileInfo model) =>
        model.Optimizer is not null
        && Enum.TryParse(model.Origin?.Optimizer, ignoreCase: true, out OptimizerKind kind)
        && Enum.IsDefined(kind)
            ? kind
            : null;
}
