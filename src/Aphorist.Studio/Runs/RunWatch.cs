using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Aphorist.Training;
using Microsoft.Extensions.Logging;

namespace Aphorist.Studio.Runs;

/// <summary>What a run is doing.</summary>
public enum RunActivity
{
    /// <summary>A process was started, and reads the text.</summary>
    Starting,

    /// <summary>A process trains.</summary>
    Training,

    /// <summary>The process is asked to stop, and saves a checkpoint.</summary>
    Stopping,

    /// <summary>Not training; can be resumed.</summary>
    Paused,

    /// <summary>Somebody stopped the run.</summary>
    Stopped,

    /// <summary>The process ended with an error.</summary>
    Failed,

    /// <summary>Training is complete.</summary>
    Finished,
}

/// <summary>A run at one moment, as its page shows it.</summary>
public sealed record RunView(RunSummary Summary, RunActivity Activity)
{
    /// <summary>The metrics of steps, every second or so.</summary>
    public IReadOnlyList<StepsCompleted> Steps { get; init; } = [];

    /// <summary>The size of the file of <see cref="Steps"/>, which only grows while a run is trained.</summary>
    internal long StepsLength { get; init; }

    /// <summary>The epochs that have samples, in order.</summary>
    public IReadOnlyList<int> SampledEpochs { get; init; } = [];

    /// <summary>What is left, if a process trains.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>The speed, if a process trains.</summary>
    public double? CharactersPerSecond { get; init; }

    /// <summary>How much of the current epoch is done: 0 to 1, if a process trains.</summary>
    public double? EpochShare { get; init; }

    /// <summary>The message of the process that failed; empty if it said nothing.</summary>
    public string? Error { get; init; }

    /// <summary>Whether a process trains, or is about to.</summary>
    public bool IsActive => Activity is RunActivity.Starting or RunActivity.Training or RunActivity.Stopping;
}

/// <summary>
/// Looks at runs twice a second as long as a page shows them. All pages that show a run share one look, and files that have not changed are
/// not read again.
/// </summary>
public sealed partial class RunWatch(RunCatalog catalog, RunJobs jobs, ILogger<RunWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Watched> watched = [];

    /// <summary>Looks at a run once.</summary>
    /// <returns>The run; null if there is none.</returns>
    public RunView? Look(string name) =>
        watched.TryGetValue(name, out Watched? shared) && shared.View is { } view ? view : Read(name, null);

    /// <summary>Calls a function whenever a run has changed, and with null when it is gone, until the result is disposed.</summary>
    public IDisposable Watch(string name, Action<RunView?> changed)
    {
        lock (watched)
        {
            Watched run = watched.GetOrAdd(name, _ => new Watched());
            run.Listeners = [.. run.Listeners, changed];
            run.Timer ??= new Timer(_ => Update(name, run), null, TimeSpan.Zero, Interval);
            // It may have changed since the page looked, and not change again.
            if (run.WasRead) changed(run.View);
            return new Subscription(() => End(name, run, changed));
        }
    }

    /// <summary>What a run is doing.</summary>
    public RunActivity ActivityOf(RunSummary run)
    {
        ArgumentNullException.ThrowIfNull(run);
        string? error = null;
        return ActivityOf(run, ref error);
    }

    private void End(string name, Watched run, Action<RunView?> changed)
    {
        lock (watched)
        {
            run.Listeners = [.. run.Listeners.Where(listener => listener != changed)];
            if (run.Listeners.Count > 0) return;
            run.Timer?.Dispose();
            watched.TryRemove(name, out _);
        }
    }

    private void Update(string name, Watched run)
    {
        if (!Monitor.TryEnter(run)) return;
        try
        {
            RunView? view = Read(name, run.View);
            if (view == run.View && run.WasRead) return;
            (run.View, run.WasRead) = (view, true);
            foreach (Action<RunView?> listener in run.Listeners) listener(view);
        }
        catch (Exception exception)
        {
            // The run is deleted or moved at this moment, or its files are damaged in a way that nobody foresaw. This is a timer, where an
            // exception would end the process, and the next look is soon.
            LogFailed(name, exception);
        }
        finally
        {
            Monitor.Exit(run);
        }
    }

    private RunView? Read(string name, RunView? old)
    {
        if (catalog.Find(name) is not { } summary) return null;
        string? error = null;
        RunActivity activity = ActivityOf(summary, ref error);
        RunView view = new(summary, activity)
        {
            Error = error,
            Steps = ReadSteps(summary.Run, old, out long length),
            StepsLength = length,
            SampledEpochs = ReadSampledEpochs(summary.Run, old?.SampledEpochs ?? []),
        };
        return activity == RunActivity.Training && jobs.ReadLastEvent(name, "progress") is { } line ? WithProgress(view, line) : view;
    }

    private RunActivity ActivityOf(RunSummary run, ref string? error)
    {
        string name = run.Name;
        bool isTraining = run.Status.State == TrainingRunState.Training;
        if (isTraining && File.Exists(Path.Combine(run.Run.Folder, ".stop"))) return RunActivity.Stopping;
        if (isTraining) return RunActivity.Training;
        if (jobs.IsStarting(name)) return RunActivity.Starting;
        error = jobs.ReadError(run);
        if (error is not null) return RunActivity.Failed;
        if (run.Status.State == TrainingRunState.Finished) return RunActivity.Finished;
        return jobs.IsStopped(name) ? RunActivity.Stopped : RunActivity.Paused;
    }

    private static RunView WithProgress(RunView view, string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            return view with
            {
                Remaining = root.GetProperty("remainingSeconds") is { ValueKind: JsonValueKind.Number } seconds
                    ? TimeSpan.FromSeconds(Math.Min(seconds.GetDouble(), 1e9))
                    : null,
                CharactersPerSecond = root.GetProperty("charactersPerSecond") is { ValueKind: JsonValueKind.Number } speed
                    ? speed.GetDouble()
                    : null,
                EpochShare = root.GetProperty("batch").GetDouble() / Math.Max(1, root.GetProperty("batches").GetDouble()),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return view;
        }
    }

    // The list stays the same object while the file does, so that the page draws nothing again.
    private static IReadOnlyList<StepsCompleted> ReadSteps(TrainingRun run, RunView? old, out long length)
    {
        length = 0;
        try
        {
            FileInfo file = new(Path.Combine(run.Folder, "steps.csv"));
            if (file.Exists) length = file.Length;
            return old is not null && old.StepsLength == length ? old.Steps : run.ReadSteps();
        }
        catch (Exception exception) when (exception is AphoristException or IOException)
        {
            return old?.Steps ?? [];
        }
    }

    private static IReadOnlyList<int> ReadSampledEpochs(TrainingRun run, IReadOnlyList<int> old)
    {
        string folder = Path.Combine(run.Folder, "samples");
        if (!Directory.Exists(folder)) return [];
        List<int> epochs = [];
        foreach (string file in Directory.EnumerateFiles(folder, "epoch-*.txt"))
        {
            string number = Path.GetFileNameWithoutExtension(file)["epoch-".Length..];
            if (int.TryParse(number, CultureInfo.InvariantCulture, out int epoch)) epochs.Add(epoch);
        }

        epochs.Sort();
        return epochs.SequenceEqual(old) ? old : epochs;
    }

    [LoggerMessage(LogLevel.Warning, "The run '{Name}' cannot be read.")]
    private partial void LogFailed(string name, Exception exception);

    private sealed class Watched
    {
        public IReadOnlyList<Action<RunView?>> Listeners { get; set; } = [];

        public Timer? Timer { get; set; }

        public RunView? View { get; set; }

        public bool WasRead { get; set; }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}
