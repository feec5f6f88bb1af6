using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Runs;

/// <summary>The processes that train.</summary>
/// <remarks>They go on when the studio ends: what the studio knows of a run is in its folder.</remarks>
public sealed class RunJobs(StudioOptions options, Workspace workspace)
{
    /// <summary>Starts a process that trains a run, from its start or from its last checkpoint.</summary>
    /// <param name="name">The name of the run, whose folder exists.</param>
    /// <exception cref="IOException">The process cannot be started.</exception>
    public void Start(string name) => throw new NotImplementedException($"{options.Command} {workspace.Folder} {name}");
}
