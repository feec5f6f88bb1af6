using Aphorist.Training;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>Reads the losses of the runs that a call names.</summary>
internal static class RunCurves
{
    private const string MetricsName = "metrics.csv";

    /// <summary>One curve for each run, in the order given.</summary>
    /// <exception cref="IOException">A run does not exist, has no epoch yet, or its metrics are damaged.</exception>
    public static IReadOnlyList<LossCurve> Read(IReadOnlyList<string> runs)
    {
        string[] names = [.. runs.Select(NameOf)];
        // Where two runs share a name, their paths tell them apart.
        return [.. runs.Select((run, place) => new LossCurve(names.Count(name => name == names[place]) > 1 ? run : names[place], EpochsOf(run)))];
    }

    /// <summary>The folder that a run's own picture belongs into.</summary>
    public static string FolderOf(string run) => Directory.Exists(run) ? run : Path.GetDirectoryName(run) ?? "";

    /// <summary>The name of a run's folder.</summary>
    public static string NameOf(string run)
    {
        string full = Path.GetFullPath(run);
        if (Directory.Exists(full)) return new DirectoryInfo(full).Name;
        string? folder = Path.GetFileName(full) == MetricsName ? Path.GetFileName(Path.GetDirectoryName(full)) : null;
        return string.IsNullOrEmpty(folder) ? Path.GetFileNameWithoutExtension(full) : folder;
    }

    private static IReadOnlyList<EpochCompleted> EpochsOf(string run)
    {
        string file = Directory.Exists(run) ? Path.Combine(run, MetricsName) : run;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(file == run
                ? $"There is no run '{run}': give the folder of a run, or its {MetricsName}."
                : $"There is no {MetricsName} in '{run}': a run writes it after its first epoch.");
        }

        IReadOnlyList<EpochCompleted> epochs = TrainingRun.ReadMetrics(file);
        return epochs.Count > 0 ? epochs : throw new InvalidDataException($"'{file}' holds no epoch yet: draw it when the first one is done.");
    }
}
