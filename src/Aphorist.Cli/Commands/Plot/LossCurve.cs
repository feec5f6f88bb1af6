using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>The horizontal axis of a chart of losses.</summary>
internal enum LossAxis
{
    /// <summary>Epochs.</summary>
    Epoch,

    /// <summary>Seconds of training since the run was started.</summary>
    Seconds,
}

/// <summary>The losses of one run.</summary>
/// <param name="Name">The name of the run in the legend.</param>
/// <param name="Epochs">The epochs of the run, in order.</param>
internal sealed record LossCurve(string Name, IReadOnlyList<EpochCompleted> Epochs)
{
    private const string MetricsName = "metrics.csv";

    public bool HasValidation => Epochs.Any(epoch => epoch.ValidationLoss is not null);

    /// <summary>The epoch with the lowest validation loss, or training loss without one; null if no loss is finite.</summary>
    public EpochCompleted? Best => Epochs.Where(epoch => double.IsFinite(LossOf(epoch))).MinBy(LossOf);

    /// <summary>
    /// Reads one curve for each run folder or metrics.csv, in the order given. What cannot be read is skipped with a note.
    /// </summary>
    /// <exception cref="IOException">No run exists, or none has a completed epoch or readable metrics.</exception>
    public static IReadOnlyList<LossCurve> ReadAll(IReadOnlyList<string> runs, TextWriter notes)
    {
        string[] names = [.. runs.Select(NameOf)];
        List<LossCurve> curves = [];
        List<Exception> failures = [];
        foreach ((string run, string name) in runs.Zip(names))
        {
            try
            {
                // Runs with the same name are told apart by their paths.
                curves.Add(new LossCurve(names.Count(other => other == name) == 1 ? name : run, ReadEpochs(run)));
            }
            catch (Exception exception) when (exception is TrainingRunException or IOException or InvalidDataException
                or UnauthorizedAccessException)
            {
                failures.Add(exception);
            }
        }

        if (curves.Count == 0) throw failures[0];
        foreach (Exception failure in failures) notes.WriteLine($"Skipped: {ErrorReport.Plain(failure.Message)}");
        return curves;
    }

    /// <summary>The name of a run: that of its folder.</summary>
    public static string NameOf(string run)
    {
        string full = Path.GetFullPath(run);
        if (Directory.Exists(full)) return new DirectoryInfo(full).Name;
        string? folder = Path.GetFileName(full) == MetricsName ? Path.GetFileName(Path.GetDirectoryName(full)) : null;
        return string.IsNullOrEmpty(folder) ? Path.GetFileNameWithoutExtension(full) : folder;
    }

    /// <summary>The file with the losses of a run.</summary>
    public static string FileOf(string run) => Directory.Exists(run) ? Path.Combine(run, MetricsName) : run;

    /// <summary>The training loss of each epoch. Losses that are not finite cannot be drawn and are left out.</summary>
    public (double[] Positions, double[] Losses) Training(LossAxis axis) => Points(axis, epoch => epoch.Loss);

    /// <summary>The validation loss of each epoch. Losses that are not finite are left out.</summary>
    public (double[] Positions, double[] Losses) Validation(LossAxis axis) => Points(axis, epoch => epoch.ValidationLoss ?? double.NaN);

    /// <summary>The best epoch as a point of the curve by which it was chosen.</summary>
    public (double[] Positions, double[] Losses) BestPoint(LossAxis axis)
    {
        EpochCompleted? best = Best;
        return Points(axis, epoch => epoch == best ? LossOf(epoch) : double.NaN);
    }

    private static double LossOf(EpochCompleted epoch) => epoch.ValidationLoss ?? epoch.Loss;

    private (double[] Positions, double[] Losses) Points(LossAxis axis, Func<EpochCompleted, double> lossOf)
    {
        List<double> positions = [], losses = [];
        double seconds = 0;
        foreach (EpochCompleted epoch in Epochs)
        {
            seconds += epoch.Seconds;
            double position = axis == LossAxis.Epoch ? epoch.Epoch : seconds;
            double loss = lossOf(epoch);
            if (!double.IsFinite(loss) || !double.IsFinite(position)) continue;
            positions.Add(position);
            losses.Add(loss);
        }

        return ([.. positions], [.. losses]);
    }

    private static IReadOnlyList<EpochCompleted> ReadEpochs(string run)
    {
        string file = FileOf(run);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(file == run
                ? $"There is no run '{run}': give a run folder or its {MetricsName}."
                : $"There is no {MetricsName} in '{run}': a run writes it after its first epoch.");
        }

        IReadOnlyList<EpochCompleted> epochs = TrainingRun.ReadMetricsFile(file);
        return epochs.Count > 0
            ? epochs
            : throw new InvalidDataException($"'{file}' has no completed epoch yet: try again after the first one.");
    }
}
