using Aphorist.IO;

namespace Aphorist.Training;

/// <summary>The folder of one training run: model.safetensors (best), last.safetensors, checkpoint.safetensors, metrics.csv, options.json, samples/.</summary>
/// <remarks>Only one process at a time can hold a run folder.</remarks>
public sealed class RunFolder : IDisposable
{
    private readonly FileLock runLock;

    private RunFolder(string path, FileLock runLock) => (Path, this.runLock) = (path, runLock);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The model with the lowest loss so far.</summary>
    public string BestModel => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>The model after the last completed epoch.</summary>
    public string LastModel => System.IO.Path.Combine(Path, "last.safetensors");

    /// <summary>Everything a resumed run needs.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>The model that a fine-tuning run began with; other runs have none.</summary>
    public string StartModel => System.IO.Path.Combine(Path, "start.safetensors");

    /// <summary>One line an epoch.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.csv");

    /// <summary>What the model wrote after each epoch, a file each: epoch-001.txt.</summary>
    public string Samples => System.IO.Path.Combine(Path, "samples");

    /// <summary>The options of the run, for people to read and for a resumed run to compare.</summary>
    public string Options => System.IO.Path.Combine(Path, "options.json");

    private bool CanBeResumed => File.Exists(Options) || File.Exists(Checkpoint);

    private bool HoldsRun => CanBeResumed || File.Exists(BestModel) || File.Exists(LastModel) || File.Exists(Metrics);

    /// <summary>Makes a folder for a new run and locks it.</summary>
    /// <exception cref="IOException">The folder cannot be made, already holds a run, or another process trains into it.</exception>
    public static RunFolder Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot make the run folder '{path}': {exception.Message.TrimEnd('.')}; choose another with --run.", exception);
        }

        RunFolder folder = new(path, FileLock.Take(path));
        if (!folder.HoldsRun) return folder;
        folder.Dispose();
        throw new IOException($"The folder '{path}' already holds a run: go on with it with --resume \"{path}\", or choose another folder with --run.");
    }

    /// <summary>Opens the folder of an interrupted run and locks it.</summary>
    /// <exception cref="IOException">The folder holds no run, or another process trains into it.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path)) throw new IOException($"Cannot resume '{path}': there is no such folder; check the path, or start a new run with --run.");
        RunFolder folder = new(path, FileLock.Take(path));
        if (folder.CanBeResumed)
        {
            folder.DeleteLeftovers();
            return folder;
        }

        folder.Dispose();
        throw new IOException($"Cannot resume '{path}': it holds neither options.json nor checkpoint.safetensors, so no run was started in it.");
    }

    /// <summary>The file of an epoch's samples.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public string SampleOf(int epoch) => System.IO.Path.Combine(Samples, $"epoch-{epoch:D3}.txt");

    /// <summary>Writes what the model wrote after an epoch to <see cref="SampleOf"/>.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public void WriteSample(int epoch, string text)
    {
        Directory.CreateDirectory(Samples);
        AtomicFile.WriteAllText(SampleOf(epoch), text);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => runLock.Dispose();

    private void DeleteLeftovers()
    {
        AtomicFile.DeleteLeftovers(Path);
        if (Directory.Exists(Samples)) AtomicFile.DeleteLeftovers(Samples);
    }
}
