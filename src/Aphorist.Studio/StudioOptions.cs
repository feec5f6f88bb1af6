using Aphorist.Server;

namespace Aphorist.Studio;

/// <summary>Options of the studio.</summary>
public sealed class StudioOptions
{
    /// <summary>
    /// The folder of the studio. It holds the runs, as folders, and other models, as files; the hidden folder <c>.studio</c> in it holds
    /// texts, deleted items and keys. It is created if it does not exist. "runs" in the current directory by default.
    /// </summary>
    public string Folder { get; set; } = "runs";

    /// <summary>
    /// The program that trains: the command `aphorist`, as a file name and its first arguments. The studio adds
    /// <c>train --resume FOLDER --json</c>.
    /// </summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>Options of the server. Its models are those in <see cref="Folder"/>.</summary>
    public AphoristServerOptions Server { get; set; } = new();
}
