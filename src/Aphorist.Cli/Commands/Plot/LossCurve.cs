using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>The horizontal axis of a chart of losses.</summary>
internal enum LossAxis
{
    /// <summary>Epochs.</summary>
    Epoch,

    /// <summary>Tokens read since the run was started.</summary>
    Tokens,

    /// <summary>Seconds of training since the run was started.</summary>
    Seconds,
}

/// <summary>The losses of one run.</summary>
/// <param name="Name">The name of the run in the legend.</param>
/// <param name="Epochs">The epochs of the run, in order.</param>
/// <param name="Steps">The metrics of its training steps, in order. Empty if there are none.</param>
internal sealed record LossCurve(string Name, IReadOnlyList<EpochCompleted> Epochs, IReadOnlyList<StepsCompleted> Steps)
{
    private const string MetricsName = "metrics.csv";
    private const string StepsName = "steps.csv";

    // The chart is not much wider in pixels.
    private const int MaximumPoints = 1000;

    public bool HasValidation => Epochs.Any(epoch => epoch.ValidationLoss is not null);

    /// <summary>The epoch with the lowest validation loss, or training loss without one; null if no loss is finite.</summary>
    public EpochCompleted? Best => Epochs.Where(epoch => double.IsFinite(LossOf(epoch))).MinBy(LossOf);

    /// <summary>
    /// Reads one curve for each run folder or metrics.csv, in the order given. What cannot be read is skipped with a note.
    /// </summary>
    /// <exception cref="IOException">No run exists, or none has readable metrics.</exception>
    public static IReadOnlyList<LossCurve> ReadAll(IReadOnlyList<string> runs, LossAxis axis, TextWriter notes)
    {
        string[] names = [.. runs.Select(NameOf)];
        List<LossCurve> curves = [];
        List<Exception> failures = [];
        foreach ((string run, string name) in runs.Zip(names))
        {
            try
            {
                // Runs with the same name are told apart by their paths.
                curves.Add(Read(run, names.Count(other => other == name) == 1 ? name : run, axis));
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

    /// <summary>Replaces a folder that is not a run, such as that of a sweep, by the runs in it.</summary>
    public static IReadOnlyList<string> FindRuns(IReadOnlyList<string> folders) => [.. folders.SelectMany(RunsIn)];

    /// <summary>The name of a run: that of its folder.</summary>
    public static string NameOf(string run)
    {
        string full = Path.GetFullPath(run);
        if (Directory.Exists(full)) return new DirectoryInfo(full).Name;
        string? folder = Path.GetFileName(full) == MetricsName ? Path.GetFileName(Path.GetDirectoryName(full)) : null;
        return string.IsNullOrEmpty(folder) ? Path.GetFileNameWithoutExtension(full) : folder;
    }

    /// <summary>The files with the losses of a run.</summary>
    public static IReadOnlyList<string> FilesOf(string run)
    {
        string? folder = Directory.Exists(run) ? run : Path.GetFileName(run) == MetricsName ? Path.GetDirectoryName(run)! : null;
        return folder is null ? [run] : [Path.Combine(folder, MetricsName), Path.Combine(folder, StepsName)];
    }

    /// <summary>
    /// The training loss, of steps if that gives more points than epochs. Losses that are not finite cannot be drawn and are left out.
    /// </summary>
    public (double[] Positions, double[] Losses) Training(LossAxis axis)
    {
        if (Steps.Count < Epochs.Count) return EpochPoints(axis, epoch => epoch.Loss);
        StepsCompleted[] finite = [.. Steps.Where(row => double.IsFinite(row.Loss))];
        (double Position, double Loss)[] points =
        [
            .. finite
                .Chunk(1 + finite.Length / MaximumPoints)
                .Select(rows => (rows.Average(row => PositionOf(row, axis)), rows.Average(row => row.Loss))),
        ];
        return ([.. points.Select(point => point.Position)], [.. points.Select(point => point.Loss)]);
    }

    /// <summary>The validation loss of each epoch. Losses that are not finite are left out.</summary>
    public (double[] Positions, double[] Losses) Validation(LossAxis axis) =>
        EpochPoints(axis, epoch => epoch.ValidationLoss ?? double.NaN);

    /// <summary>The best epoch as a point of the curve by which it was chosen.</summary>
    public (double[] Positions, double[] Losses) BestPoint(LossAxis axis)
    {
        EpochCompleted? best = Best;
        return EpochPoints(axis, epoch => epoch == best ? LossOf(epoch) : double.NaN);
    }

    private static double LossOf(EpochCompleted epoch) => epoch.ValidationLoss ?? epoch.Loss;

    private static IEnumerable<string> RunsIn(string folder)
    {
        if (!Directory.Exists(folder) || FilesOf(folder).Any(File.Exists)) return [folder];
        string[] runs = [.. TrainingRun.List(folder).Select(run => run.Folder)];
        return runs.Length == 0 ? [folder] : runs;
    }

    private static LossCurve Read(string run, string name, LossAxis axis)
    {
        if (!Path.Exists(run)) throw new FileNotFoundException($"There is no run '{run}': give a run folder or its {MetricsName}.");
        IReadOnlyList<string> files = FilesOf(run);
        if (!files.Any(File.Exists))
        {
            throw new FileNotFoundException(
                $"There is no {MetricsName} in '{run}': it holds no run, or one that has just begun.");
        }

        IReadOnlyList<EpochCompleted> epochs = File.Exists(files[0]) ? TrainingRun.ReadMetricsFile(files[0]) : [];
        IReadOnlyList<StepsCompleted> steps = files.Count > 1 && File.Exists(files[1]) ? TrainingRun.ReadStepsFile(files[1]) : [];
        if (epochs.Count == 0 && steps.Count == 0)
            throw new InvalidDataException($"'{files[0]}' has no completed epoch yet: try again after the first one.");
        return axis != LossAxis.Tokens || steps.Count > 0
            ? new LossCurve(name, epochs, steps)
            : throw new InvalidDataException($"'{run}' has no {StepsName}, which says how many tokens were read: choose another axis.");
    }

    private static double PositionOf(StepsCompleted row, LossAxis axis) => axis switch
    {
        LossAxis.Epoch => row.Epoch,
        LossAxis.Tokens => row.Tokens,
        _ => row.Seconds,
    };

    private (double[] Positions, double[] Losses) EpochPoints(LossAxis axis, Func<EpochCompleted, double> lossOf)
    {
        List<double> positions = [], losses = [];
        double seconds = 0;
        foreach (EpochCompleted epoch in Epochs)
        {
            seconds += epoch.Seconds;
            double position = PositionOf(epoch.Epoch, seconds, axis);
            double loss = lossOf(epoch);
            if (!double.IsFinite(loss) || !double.IsFinite(position)) continue;
            positions.Add(position);
            losses.Add(loss);
        }

        return ([.. positions], [.. losses]);
    }

    /// <summary>The position of the end of an epoch.</summary>
    private double PositionOf(int epoch, double seconds, LossAxis axis)
    {
        if (axis == LossAxis.Seconds) return seconds;
        // The first row that ends with the epoch or after it.
        int index = Steps.TakeWhile(row => row.Seconds < seconds * (1 - 1e-9)).Count();
        bool isEnd = index < Steps.Count && Steps[index].Seconds <= seconds * (1 + 1e-9);
        // A time limit ends an epoch early.
        if (axis == LossAxis.Epoch) return isEnd ? Steps[index].Epoch : epoch;
        if (isEnd || index == Steps.Count) return Steps[Math.Min(index, Steps.Count - 1)].Tokens;
        (double before, double tokens) = index == 0 ? (0, 0) : (Steps[index - 1].Seconds, Steps[index - 1].Tokens);
        return tokens + (Steps[index].Tokens - tokens) * (seconds - before) / (Steps[index].Seconds - before);
    }
}
