using System.Globalization;
using Aphorist.Cli.Terminal;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Says how a run ended: the best epoch, overfitting, the files, and how to train further.</summary>
internal static class RunSummary
{
    // Differences below 1 % are common between epochs of the same quality.
    private const double Rise = 1.01;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Names the best epoch, and says whether later ones overfit.</summary>
    /// <param name="epochs">The completed epochs.</param>
    /// <param name="best">How the best model was trained; null if there is none.</param>
    public static string Result(IReadOnlyList<EpochCompleted> epochs, TrainingRecord? best)
    {
        if (best is null) return "The loss was not a number (NaN) in any epoch, so there is no best model.";
        string kind = best.ValidationLoss is null ? "training" : "validation";
        double loss = best.ValidationLoss ?? best.Loss;
        string result = epochs.Count == 1
            ? string.Create(Culture, $"The {kind} loss is {loss:F3}.")
            : string.Create(Culture, $"The best epoch is {best.Epochs}, with a {kind} loss of {loss:F3}.");
        if (best.ValidationLoss is null) return $"{result} Nothing is held out for validation, so overfitting cannot be seen.";
        return HasOverfit(epochs, best) ? $"{result} {Overfitting(epochs[^1], best)}" : result;
    }

    /// <summary>The files of a run and what each holds, as lines.</summary>
    public static IReadOnlyList<string> Files(TrainingRun run, int epochs, TrainingRecord? best)
    {
        (string Name, string Content)[] files =
        [
            (Path.GetFileName(run.BestModelPath), $"the best model (epoch {best?.Epochs})"),
            (Path.GetFileName(run.LastModelPath), $"the model after the last epoch ({epochs})"),
            ("metrics.csv", "the losses of each epoch"),
            ("steps.csv", "the losses every few seconds"),
            ("loss.png", "a chart of the losses"),
            ("samples/", "texts that were generated after epochs"),
        ];
        return
        [
            .. files
                .Where(file => Path.Exists(Path.Combine(run.Folder, file.Name)))
                .Select(file => $"{file.Name,-18} {file.Content}"),
        ];
    }

    /// <summary>Says how a finished run can be trained further, and with which call.</summary>
    /// <param name="run">The run.</param>
    /// <param name="completed">How it ended.</param>
    /// <param name="processes">The number of processes that trained it in this call.</param>
    public static (string Reason, string Call) Continuation(TrainingRun run, TrainingCompleted completed, int processes)
    {
        const string Longer = "To train it longer:";
        TrainingOptions options = run.Options.Training;
        string folder = ShellWord.Of(run.Folder);
        string minutes = options.TimeBudget is { } time ? string.Create(Culture, $" --minutes {2 * time.TotalMinutes:0.###}") : "";
        if (options.TimeBudget is { } budget && completed.Seconds >= budget.TotalSeconds) return (Longer, Resume(minutes));
        if (completed.Epochs < options.Epochs)
        {
            string reason = $"The loss did not fall for {Plural.Of(options.Patience, "epoch")}. {Longer}";
            return (reason, Resume($" --patience {2 * options.Patience}"));
        }

        return (Longer, Resume($" --epochs {2 * options.Epochs}{minutes}"));

        string Resume(string change) => DistributedTraining.ResumeCall(folder + change, processes);
    }

    /// <summary>Whether the validation loss rose to the end while the training loss fell.</summary>
    private static bool HasOverfit(IReadOnlyList<EpochCompleted> epochs, TrainingRecord best)
    {
        EpochCompleted[] later = [.. epochs.Where(epoch => epoch.Epoch > best.Epochs)];
        // A single epoch can be worse by chance.
        EpochCompleted[] end = [.. later.TakeLast(Math.Max(1, later.Length / 4))];
        return end.Length > 0 && end.All(epoch => epoch.ValidationLoss > Rise * best.ValidationLoss) && end[^1].Loss < best.Loss;
    }

    private static string Overfitting(EpochCompleted last, TrainingRecord best) => string.Create(
        Culture,
        $"Later epochs overfit: by epoch {last.Epoch}, the training loss fell from {best.Loss:F3} to {last.Loss:F3}, but the validation "
        + $"loss rose to {last.ValidationLoss:F3}.");
}
