using System.Text;

namespace Aphorist.Studio.Hosting;

/// <summary>The folder of the studio: see <see cref="StudioOptions.Folder"/>.</summary>
public sealed class Workspace
{
    private const int LongestName = 80, LongestExtension = 10;

    private Workspace(string folder) => Folder = folder;

    /// <summary>The full path of the folder with runs and models.</summary>
    public string Folder { get; }

    /// <summary>The texts that were dropped into the studio.</summary>
    public string Texts => Path.Combine(Hidden, "texts");

    /// <summary>Deleted runs and models.</summary>
    public string Trash => Path.Combine(Hidden, "trash");

    /// <summary>What training processes print: a file per run.</summary>
    public string Jobs => Path.Combine(Hidden, "jobs");

    /// <summary>The trained models of the tour: a file per language.</summary>
    public string Lessons => Path.Combine(Hidden, "lessons");

    /// <summary>Files for a short time. What is there at the start is left from a process that was killed.</summary>
    public string Temporary => Path.Combine(Hidden, "tmp");

    /// <summary>The secret of the cookie.</summary>
    public string Key => Path.Combine(Hidden, "key");

    private string Hidden => Path.Combine(Folder, ".studio");

    /// <summary>Opens the folder, and creates what is missing.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public static Workspace Open(string folder)
    {
        Workspace workspace = new(Path.GetFullPath(folder));
        if (File.Exists(Path.Combine(workspace.Folder, "options.json")))
            throw new IOException($"'{folder}' is the folder of one run. Open the folder that contains it.");
        string[] parts = [workspace.Texts, workspace.Trash, workspace.Jobs, workspace.Lessons, workspace.Temporary];
        foreach (string path in parts) Directory.CreateDirectory(path);
        foreach (string left in Directory.EnumerateFiles(workspace.Temporary)) TryDelete(left);
        return workspace;
    }

    /// <summary>Creates an empty file, for writing and reading, which is deleted when it is closed.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    public FileStream CreateTemporary()
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Directory.CreateDirectory(Temporary).FullName, Guid.NewGuid().ToString("N")), options);
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another studio uses it.
        }
    }

    /// <summary>
    /// The path of an item of a folder of the workspace. The name comes from a request: it is a name, and never a path.
    /// </summary>
    /// <param name="folder">One of the folders above.</param>
    /// <param name="name">The name.</param>
    /// <returns>The full path; null if the name is not one that <see cref="SafeName"/> returns, or if the item is a link.</returns>
    public static string? Find(string folder, string name)
    {
        if (name != SafeName(name)) return null;
        string path = Path.Combine(folder, name);
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return info.Exists && info.LinkTarget is null ? path : null;
    }

    /// <summary>
    /// Makes a file name from any text: letters, digits, and <c>. _ - =</c>; everything else becomes '-'. It does not start with a dot, has
    /// at most 80 characters, and is not the name of a device of Windows: <c>aux.txt</c> becomes <c>aux-.txt</c>.
    /// </summary>
    public static string SafeName(string text)
    {
        StringBuilder safe = new();
        foreach (Rune character in Path.GetFileName(text.Replace('\\', '/')).Normalize().EnumerateRunes().Take(LongestName))
        {
            if (Rune.IsLetterOrDigit(character) || character.Value is '.' or '_' or '-' or '=') safe.Append(character);
            else safe.Append('-');
        }

        string name = safe.ToString().Trim('.', '-');
        if (name.Length == 0) return "text";
        string start = name.Split('.')[0];
        if (!IsDevice(start)) return name;
        // A longer name is cut again.
        return start.Length == name.Length ? name + "-" : SafeName($"{start}-{name[start.Length..]}");
    }

    private static bool IsDevice(string name) => name.ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL"
        or ['C', 'O', 'M', >= '0' and <= '9'] or ['L', 'P', 'T', >= '0' and <= '9'];

    /// <summary>A path in a folder that does not exist: NAME, or NAME-2, NAME-3, ... before the extension.</summary>
    public static string FreePath(string folder, string name)
    {
        string path = Path.Combine(folder, name), extension = Path.GetExtension(name);
        if (extension.Length > LongestExtension) extension = "";
        string start = name[..^extension.Length];
        for (int number = 2; Path.Exists(path); number++)
        {
            // A longer name would not be a safe one.
            string end = $"-{number}{extension}", cut = start[..Math.Min(start.Length, LongestName - end.Length)];
            path = Path.Combine(folder, (char.IsHighSurrogate(cut[^1]) ? cut[..^1] : cut) + end);
        }

        return path;
    }
}
