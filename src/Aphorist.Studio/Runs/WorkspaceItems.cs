using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Runs;

/// <summary>Names, renames and deletes runs and model files, which share their names.</summary>
public sealed class WorkspaceItems(Workspace workspace, Trash trash, RunJobs jobs, ModelStore store)
{
    /// <summary>The extension of model files.</summary>
    public const string Extension = ".safetensors";

    // With a file of this name, the whole folder would be a run.
    private static readonly string[] Reserved = ["model", "last"];

    /// <summary>A name that no run and no model has: the wanted one, or NAME-2, NAME-3, ...</summary>
    public string FreeName(string wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        string start = NameOf(wanted), name = start;
        for (int number = 2; IsTaken(name); number++) name = $"{start}-{number}";
        return name;
    }

    /// <summary>Renames a model file or the folder of a run.</summary>
    /// <param name="path">The path.</param>
    /// <param name="run">The name of the run; null for a model file.</param>
    /// <param name="wanted">The new name, as it was typed.</param>
    /// <returns>The name that it has now.</returns>
    /// <exception cref="NameTakenException">Something has this name already, or nothing can have it.</exception>
    /// <exception cref="RunInUseException">A process trains the run.</exception>
    /// <exception cref="IOException">The files cannot be renamed.</exception>
    public string Rename(string path, string? run, string wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        string name = NameOf(wanted), home = Path.GetDirectoryName(path)!;
        bool isUnchanged = name == (run is null ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path));
        if (isUnchanged) return name;
        bool isTaken = home == workspace.Folder ? IsTaken(name) : Path.Exists(Path.Combine(home, name));
        if (isTaken) throw new NameTakenException(name);
        Move(run, () => Directory.Move(path, Path.Combine(home, run is null ? name + Extension : name)));
        return name;
    }

    /// <summary>Deletes a model file or the folder of a run.</summary>
    /// <param name="path">The path.</param>
    /// <param name="run">The name of the run; null for a model file.</param>
    /// <returns>Restores it.</returns>
    /// <exception cref="RunInUseException">A process trains the run.</exception>
    /// <exception cref="IOException">The files cannot be moved.</exception>
    public Action Delete(string path, string? run)
    {
        Action? restore = null;
        Move(run, () => restore = trash.Delete(path));
        return () =>
        {
            restore!();
            store.Refresh();
        };
    }

    private void Move(string? run, Action move)
    {
        if (run is null) move();
        else jobs.WhileIdle(run, move);
        store.Refresh();
    }

    private bool IsTaken(string name) => Reserved.Contains(name)
        || Path.Exists(Path.Combine(workspace.Folder, name)) || Path.Exists(Path.Combine(workspace.Folder, name + Extension));

    // A dot would begin an extension, before which the number of a second run is inserted.
    private static string NameOf(string wanted)
    {
        string name = wanted.Trim();
        if (name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)) name = name[..^Extension.Length];
        return Workspace.SafeName(name).Replace('.', '-');
    }
}

/// <summary>Something has the name already, or nothing can have it.</summary>
public sealed class NameTakenException(string name) : Exception($"The name '{name}' is taken.")
{
    /// <summary>The name.</summary>
    public string Name => name;
}

/// <summary>A process trains the run.</summary>
public sealed class RunInUseException() : Exception("A process trains this run.");
