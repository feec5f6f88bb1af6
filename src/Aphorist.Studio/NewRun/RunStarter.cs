using Aphorist.Studio.Hosting;
using Aphorist.Studio.Runs;
using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>Creates runs and starts to train them.</summary>
public sealed class RunStarter(Workspace workspace, WorkspaceItems items, RunJobs jobs)
{
    private readonly Lock naming = new();

    /// <summary>The name that a run would get.</summary>
    /// <param name="wanted">The name that was typed, or that of the text.</param>
    public string FreeName(string wanted) => items.FreeName(wanted);

    /// <summary>Creates a run and starts its training. If something fails, there is no folder.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">The name that was typed, or that of the text. The run gets another one if it is taken.</param>
    /// <returns>The name of the run.</returns>
    /// <exception cref="AphoristException">The options or the text cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be written, or the process cannot be started.</exception>
    public async Task<string> StartAsync(TrainingRunOptions options, string name)
    {
        string folder = Reserve(name);
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

    /// <summary>Creates an empty folder, so that two runs that start at the same time do not share one.</summary>
    private string Reserve(string name)
    {
        lock (naming) return Directory.CreateDirectory(Path.Combine(workspace.Folder, items.FreeName(name))).FullName;
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
