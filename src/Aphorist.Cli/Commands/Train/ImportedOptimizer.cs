using System.Globalization;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The optimizer that an imported model brings along with what it had accumulated.</summary>
internal static class ImportedOptimizer
{
    /// <summary>The options of a run from a model: a call that chooses neither a preset nor another optimizer goes on with the model's own.</summary>
    public static TrainingOptions OptionsFor(TrainingRequest request, Preset preset, LanguageModel from)
    {
        TrainingOptions chosen = request.ChangeTraining(preset.Training);
        if (request.Preset is not null || KindOf(from) is not { } kind) return chosen;
        TrainingOptions brought = request.ChangeTraining(preset.Training with
        {
            Optimizer = kind,
            LearningRate = from.Origin!.LearningRate ?? preset.Training.LearningRate,
            WeightDecay = from.Origin.WeightDecay ?? 0,
        });
        return brought.Optimizer == kind ? brought : chosen;
    }

    /// <summary>Whether the run goes on from it; null for a model that brings none.</summary>
    public static string? Note(LanguageModel from, TrainingOptions options) => KindOf(from) switch
    {
        null => null,
        OptimizerKind kind when kind == options.Optimizer => string.Create(
            CultureInfo.InvariantCulture, $"Going on with {from.Origin!.Optimizer} and what it had accumulated in {from.Origin.Program}; its learning rate is {options.LearningRate:G4}."),
        _ => $"The model brings what {from.Origin!.Optimizer} had accumulated in {from.Origin.Program}, but this run has another optimizer, which begins anew.",
    };

    private static OptimizerKind? KindOf(LanguageModel from) =>
        from.OptimizerState is not null && Enum.TryParse(from.Origin?.Optimizer, ignoreCase: true, out OptimizerKind kind) && Enum.IsDefined(kind) ? kind : null;
}
