using System.Collections.Concurrent;
using System.Diagnostics;
using Aphorist.Studio.Hosting;
using Aphorist.Training;

namespace Aphorist.Studio.Runs;

/// <summary>The processes that train.</summary>
/// <remarks>
/// They continue when the studio ends, however it ends: they have a session of their own and write to files. What the studio knows of a run
/// is in these files and in the folder of the run, so it does not matter which process started it.
/// </remarks>
public sealed class RunJobs(StudioOptions options, Workspace workspace)
{
    // Training leaves the processors to the studio when both want them.
    private const string Script = """
        trap '' HUP INT
        events=$1 errors=$2
        shift 2
        if command -v setsid >/dev/null; then set -- setsid "$@"; fi
        exec nice -n 10 "$@" </dev/null >"$events" 2>"$errors"
        """;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, Process> processes = [];

    /// <summary>Starts a process that trains a run, from its start or from its last checkpoint.</summary>
    /// <param name="name">The name of the run, whose folder exists.</param>
    /// <param name="changes">Options of `aphorist train` that change those of the run.</param>
    /// <exception cref="IOException">The process cannot be started.</exception>
    public void Start(string name, params IEnumerable<string> changes)
    {
        lock (gate)
        {
            // It would fail, and replace what the other one has written.
            if (!IsBusy(name)) StartProcess(name, changes);
        }
    }

    /// <summary>Moves the folder of a run, which no process may start to train meanwhile.</summary>
    /// <param name="name">The name that the run had before.</param>
    /// <param name="move">Moves it.</param>
    /// <exception cref="RunInUseException">A process trains the run.</exception>
    public void WhileIdle(string name, Action move)
    {
        ArgumentNullException.ThrowIfNull(move);
        lock (gate)
        {
            if (IsBusy(name)) throw new RunInUseException();
            move();
            Forget(name);
        }
    }

    private bool IsBusy(string name)
    {
        if (IsStarting(name)) return true;
        try
        {
            return TrainingRun.Open(Path.Combine(workspace.Folder, name)).ReadStatus().State == TrainingRunState.Training;
        }
        catch (AphoristException)
        {
            // A folder that only holds a model, or a damaged run: no process can train it.
            return false;
        }
    }

    private void StartProcess(string name, IEnumerable<string> changes)
    {
        File.Delete(StoppedFile(name));
        string[] call = [.. options.Command, "train", "--resume", Path.Combine(workspace.Folder, name), "--json", .. changes];
        ProcessStartInfo start = OperatingSystem.IsWindows() ? OnWindows(name, call) : new("/bin/sh");
        if (!OperatingSystem.IsWindows())
            foreach (string argument in (string[])["-c", Script, "sh", EventsFile(name), ErrorsFile(name), .. call])
                start.ArgumentList.Add(argument);
        start.UseShellExecute = false;
        start.WorkingDirectory = workspace.Folder;
        try
        {
            Process process = Process.Start(start) ?? throw new IOException("The training process could not be started.");
            processes[name] = process;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new IOException($"The training process could not be started: {exception.Message}", exception);
        }
    }

    /// <summary>Asks the process that trains a run to save a checkpoint and to end. The run can be resumed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isFinal">Whether the run is shown as stopped instead of paused.</param>
    /// <exception cref="IOException">The request cannot be written.</exception>
    public void Stop(RunSummary run, bool isFinal)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (isFinal) File.WriteAllBytes(StoppedFile(run.Name), []);
        run.Run.RequestStop();
    }

    /// <summary>Whether somebody stopped a run.</summary>
    public bool IsStopped(string name) => File.Exists(StoppedFile(name));

    /// <summary>Whether a process was started that has not opened the run yet.</summary>
    public bool IsStarting(string name) => processes.TryGetValue(name, out Process? process) && !process.HasExited;

    /// <summary>Reads the last event that a training process has written: a line of JSON; null if there is none.</summary>
    public string? ReadLastEvent(string name, string kind)
    {
        const int Tail = 16 << 10;
        try
        {
            using FileStream file = new(EventsFile(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(Tail, file.Length), SeekOrigin.End);
            using StreamReader reader = new(file);
            string[] lines = reader.ReadToEnd().Split('\n');
            // The last one is empty, or still being written.
            return Array.FindLast(lines[..^1], line => line.StartsWith($"{{\"event\":\"{kind}\"", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// What the last training process of a run has reported as an error: empty if it ended unexpectedly and reported nothing; null if
    /// there is no error, or if the run was trained since.
    /// </summary>
    public string? ReadError(RunSummary run)
    {
        ArgumentNullException.ThrowIfNull(run);
        const string Prefix = "aphorist: ";
        const int Done = 0, Interrupted = 130;
        string name = run.Name;
        try
        {
            if (processes.TryGetValue(name, out Process? process) && process is { HasExited: true, ExitCode: not (Done or Interrupted) })
                return LastLine() ?? "";
            return File.GetLastWriteTimeUtc(ErrorsFile(name)) >= run.Changed ? LastLine() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        string? LastLine()
        {
            string? line = File.ReadLines(ErrorsFile(name)).LastOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal));
            return line?[Prefix.Length..];
        }
    }

    /// <summary>Removes what was written about a run that is deleted or renamed.</summary>
    private void Forget(string name)
    {
        processes.TryRemove(name, out _);
        try
        {
            foreach (string file in (string[])[EventsFile(name), ErrorsFile(name), StoppedFile(name)]) File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The run has been moved. What is left is replaced when a run of this name starts.
        }
    }

    // The command processor opens the files: a pipe would end with the studio, and training with the pipe.
    private ProcessStartInfo OnWindows(string name, string[] call)
    {
        string words = string.Join(' ', call.Select(word => $"\"{word}\""));
        string files = $"<nul >\"{EventsFile(name)}\" 2>\"{ErrorsFile(name)}\"";
        ProcessStartInfo start = new("cmd.exe", $"/d /s /c \"start \"\" /b /wait /belownormal {words} {files}\"") { CreateNoWindow = true };
        if (OperatingSystem.IsWindows()) start.CreateNewProcessGroup = true;
        return start;
    }

    private string EventsFile(string name) => FileOf(name, "jsonl");

    private string ErrorsFile(string name) => FileOf(name, "log");

    private string StoppedFile(string name) => FileOf(name, "stopped");

    private string FileOf(string name, string extension) => Path.Combine(workspace.Jobs, $"{name.Replace('/', '~')}.{extension}");
}
