namespace Aphorist.Training;

/// <summary>The folder of one training run: model.safetensors (best), last.safetensors, checkpoint.safetensors, metrics.csv, options.json, samples/.</summary>
/// <remarks>Only one process at a time can hold a run folder.</remarks>
public sealed class RunFolder : IDisposable
{
    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The model with the lowest loss so far.</summary>
    public string BestModel => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>The model after the last completed epoch.</summary>
    public string LastModel => System.IO.Path.Combine(Path, "last.safetensors");

    /// <summary>Everything a resumed run needs.</summary>
    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>One line an epoch.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.csv");

    /// <summary>What the model wrote after each epoch, a file each: epoch-001.txt.</summary>
    public string Samples => System.IO.Path.Combine(Path, "samples");

    /// <summary>The options of the run, for people to read and for a resumed run to compare.</summary>
    public string Options => System.IO.Path.Combine(Path, "options.json");

    /// <summary>Makes a folder for a new run and locks it.</summary>
    /// <exception cref="IOException">The folder cannot be made, already holds a run, or another process trains into it.</exception>
    public static RunFolder Create(string path) => throw new NotImplementedException();

    /// <summary>Opens the folder of an interrupted run and locks it.</summary>
    /// <exception cref="IOException">The folder holds no run, or another process trains into it.</exception>
    public static RunFolder Open(string path) => throw new NotImplementedException();

    /// <summary>Releases the lock.</summary>
    public void Dispose() => throw new NotImplementedException();
}
