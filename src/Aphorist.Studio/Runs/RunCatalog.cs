using System.Collections.Concurrent;
using Aphorist.Studio.Hosting;
using Aphorist.Training;

namespace Aphorist.Studio.Runs;

/// <summary>A run as the list and the comparison show it.</summary>
/// <param name="Name">The path of its folder in the workspace, with slashes: "fables" or, in a sweep, "sweep/hidden=64".</param>
/// <param name="Run">The run.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Epochs">The metrics of the completed epochs.</param>
/// <param name="Changed">When the run was last written.</param>
public sealed record RunSummary(
    string Name, TrainingRun Run, TrainingRunStatus Status, IReadOnlyList<EpochCompleted> Epochs, DateTimeOffset Changed)
{
    /// <summary>The address of the page of a run.</summary>
    public static string AddressOf(string name) => $"/run/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
}

/// <summary>
/// The runs in the workspace. Names from requests are only compared with the names that were found: they are never used as paths.
/// </summary>
public sealed class RunCatalog(Workspace workspace)
{
    private const string OptionsFile = "options.json";

    // Sweeps have one level of folders.
    private static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 2,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    private readonly ConcurrentDictionary<string, (DateTime Changed, RunSummary Summary)> known = [];

    /// <summary>All runs, the newest first. What cannot be read is left out.</summary>
    public IReadOnlyList<RunSummary> List() =>
        [.. Names().Select(Read).OfType<RunSummary>().OrderByDescending(run => run.Changed)];

    /// <summary>A run, or null if there is none with this name.</summary>
    public RunSummary? Find(string name) => IsName(name) ? Read(name) : null;

    private IEnumerable<string> Names()
    {
        try
        {
            return [.. Directory.EnumerateFiles(workspace.Folder, OptionsFile, Everywhere)
                .Select(file => Path.GetRelativePath(workspace.Folder, Path.GetDirectoryName(file)!).Replace('\\', '/'))
                .Where(name => name != ".")];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether a text is the name of a run: every part of it is the name of a folder, and none is a link.</summary>
    private bool IsName(string name)
    {
        string folder = workspace.Folder;
        string[] parts = name.Split('/');
        if (parts.Length > Everywhere.MaxRecursionDepth) return false;
        foreach (string part in parts)
        {
            if (part.Length == 0 || part[0] == '.' || part.AsSpan().IndexOfAny("\\:\0") >= 0) return false;
            DirectoryInfo found = new(Path.Combine(folder, part));
            if (!found.Exists || found.LinkTarget is not null) return false;
            folder = found.FullName;
        }

        return File.Exists(Path.Combine(folder, OptionsFile));
    }

    private RunSummary? Read(string name)
    {
        string folder = Path.Combine(workspace.Folder, name);
        try
        {
            DateTime changed = LastChange(folder);
            known.TryGetValue(name, out (DateTime Changed, RunSummary Summary) old);
            // A killed process leaves the file of its lock behind, and another one may use it: only without that file nobody trains.
            bool isIdle = !File.Exists(Path.Combine(folder, ".lock"));
            if (isIdle && old.Summary is { Status.State: not TrainingRunState.Training } && old.Changed == changed) return old.Summary;
            TrainingRun run = TrainingRun.Open(folder);
            RunSummary summary = new(name, run, run.ReadStatus(), ReadEpochs(run, old.Summary), changed);
            known[name] = (changed, summary);
            return summary;
        }
        catch (Exception exception) when (exception is AphoristException or IOException or UnauthorizedAccessException)
        {
            known.TryRemove(name, out _);
            return null;
        }
    }

    private static IReadOnlyList<EpochCompleted> ReadEpochs(TrainingRun run, RunSummary? old)
    {
        try
        {
            return run.ReadMetrics();
        }
        catch (TrainingRunException)
        {
            // It was copied while it was written, or is damaged. The run itself can be fine.
            return old?.Epochs ?? [];
        }
    }

    private static DateTime LastChange(string folder) => ((string[])["metrics.csv", "checkpoint.safetensors", OptionsFile])
        .Max(name => File.GetLastWriteTimeUtc(Path.Combine(folder, name)));
}
