using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Components;

/// <summary>Deleted runs and models, which can be restored. They are removed from the disk after a week.</summary>
public sealed class Trash
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly Workspace workspace;

    /// <summary>Removes what was deleted long ago.</summary>
    public Trash(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        this.workspace = workspace;
        foreach (string old in Directory.CreateDirectory(workspace.Trash).EnumerateDirectories().Select(item => item.FullName))
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(old) > Lifetime) TryRemove(old);
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays until somebody removes it.
        }
    }

    /// <summary>Moves a file or a folder of the workspace into the trash.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Moves it back, under another name if its name is taken meanwhile.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public Action Delete(string path)
    {
        string name = Path.GetFileName(path), home = Path.GetDirectoryName(path)!;
        string kept = Path.Combine(Directory.CreateDirectory(Path.Combine(workspace.Trash, Guid.NewGuid().ToString("N"))).FullName, name);
        Directory.Move(path, kept);
        return () => Directory.Move(kept, Workspace.FreePath(home, name));
    }
}
