using Aphorist.Studio.Hosting;
using Aphorist.Studio.Runs;
using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>Creates runs and starts to train them.</summary>
public sealed class RunStarter(Workspace workspace, RunJobs jobs)
{
    private readonly Lock naming = new();

    /// <summary>The name that a run would get.</summary>
    /// <param name="wanted">The name that was typed, or that of the text.</param>
    public string FreeName(string wanted) => Path.GetFileName(FreePath(NameOf(wanted)));

    /// <summary>Creates a run and starts its training. If something fails, there is no folder.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">The name that was typed, or that of the text. The run gets another one if it is taken.</param>
    /// <returns>The name of the run.</returns>
    /// <exception cref="AphoristException">The options or the text cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be written, or the process cannot be started.</exception>
    public async Task<string> StartAsync(TrainingRunOptions options, string name)
    {
        string folder = Reserve(NameOf(name));
        try
        {
            // The lock of the folder is released for the process that trains.
            using (await Task.Run(() => TrainingRun.CreateAsync(options, folder)).ConfigureAwait(false))
            {
            }

            jobs.Start(Path.GetFileName(folder));
            return Path.GetFileName(folder);
        }
        catch
        {
            Remove(folder);
            throw;
        }
    }

    // A dot would begin an extension, before which the number of a second run is inserted.
    private static string NameOf(string wanted) => Workspace.SafeName(wanted).Replace('.', '-');

    /// <summary>Creates an empty folder, so that two runs that start at the same time do not share one.</summary>
    private string Reserve(string name)
    {
        lock (naming) return Directory.CreateDirectory(FreePath(name)).FullName;
    }

    private string FreePath(string name)
    {
        string path = Workspace.FreePath(workspace.Folder, name);
        // A model file of the same name would hide the model of the run.
        for (int number = 2; File.Exists($"{path}.safetensors"); number++) path = Workspace.FreePath(workspace.Folder, $"{name}-{number}");
        return path;
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What made the start fail is shown.
        }
    }
}
