using System.Text;
using Aphorist.Training;
using Microsoft.Extensions.Logging;

namespace Aphorist.Server;

/// <summary>A model that can be used.</summary>
/// <param name="Name">The name that requests use.</param>
/// <param name="Path">The file.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Created">When the file was last written.</param>
/// <remarks>Two entries are equal only if the file has not changed between them.</remarks>
public sealed record ModelEntry(string Name, string Path, long Bytes, DateTimeOffset Created);

/// <summary>
/// Finds the models and gives them names. Names of requests are only compared with these names: they are never used as paths.
/// </summary>
internal sealed partial class ModelCatalog
{
    private const string Extension = ".safetensors";

    // Links are not followed, because they could lead out of the folder.
    private static readonly EnumerationOptions WithoutLinks = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    private readonly IReadOnlyList<string> paths;
    private readonly ILogger log;
    private HashSet<string> problems = [];

    /// <exception cref="InvalidOptionsException">A path does not exist, or two models have the same name.</exception>
    public ModelCatalog(IEnumerable<string> paths, ILogger log)
    {
        (this.paths, this.log) = ([.. paths.Select(FullPath).Distinct()], log);
        Dictionary<string, string> names = [];
        foreach (string path in this.paths)
        {
            if (!Path.Exists(path)) throw Refuse($"There is no file or folder '{path}'. Check the path.");
            if (!IsOneModel(path) || names.TryAdd(NameOf(path), path)) continue;
            throw Refuse(
                $"'{names[NameOf(path)]}' and '{path}' would both be served as '{NameOf(path)}'. Rename one of them; "
                + "a run folder is served under the name of the folder.");
        }

        static string FullPath(string path) => path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal)
            ? Path.GetFullPath(path)
            : throw Refuse($"'{path}' is not a path. Name a file or a folder.");

        static InvalidOptionsException Refuse(string message) => new(message, nameof(AphoristServerOptions.Models));
    }

    /// <summary>Looks at the files. The models that were named come first, then those that were found in folders, by name.</summary>
    public IReadOnlyList<ModelEntry> Scan()
    {
        List<ModelEntry> entries = [];
        Dictionary<string, string> names = [];
        HashSet<string> found = [];
        foreach (string path in paths.Where(IsOneModel)) Add(path, Path.GetFileName(path), mayBeLink: !Directory.Exists(path));
        foreach (string path in paths.Where(path => !IsOneModel(path)))
            foreach (string child in Children(path, found)) Add(child, Path.GetFileName(child), mayBeLink: false);
        problems = found;
        return entries;

        void Add(string path, string fileName, bool mayBeLink)
        {
            string? file = Directory.Exists(path) ? TrainingRun.FindModel(path) : path;
            if (file is null || Inspect(file, mayBeLink) is not { } info) return;
            string name = NameOf(fileName);
            if (names.TryAdd(name, file)) entries.Add(new ModelEntry(name, file, info.Length, info.LastWriteTimeUtc));
            else if (names[name] != file && found.Add(file) && !problems.Contains(file)) LogSameName(file, names[name], name);
        }
    }

    /// <summary>
    /// The name of a model: that of its file without the extension, or of its run folder. Characters other than letters, digits and
    /// <c>. _ - =</c> become '-'.
    /// </summary>
    internal static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        if (name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)) name = name[..^Extension.Length];
        StringBuilder safe = new();
        foreach (Rune character in name.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(character) || character.Value is '.' or '_' or '-' or '=') safe.Append(character);
            else safe.Append('-');
        }

        string result = safe.ToString().Trim('.');
        return result.Length == 0 ? "model" : result;
    }

    /// <summary>Whether a path is a model file or a run folder, which may have no model yet, and not a folder of several models.</summary>
    private static bool IsOneModel(string path) =>
        !Directory.Exists(path) || TrainingRun.FindModel(path) is not null || File.Exists(Path.Combine(path, "options.json"));

    private IEnumerable<string> Children(string folder, HashSet<string> found)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", WithoutLinks)
                .Where(child => child is DirectoryInfo || child.Extension.Equals(Extension, StringComparison.OrdinalIgnoreCase))
                .Select(child => child.FullName).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (found.Add(folder) && !problems.Contains(folder)) LogUnreadable(folder, exception.Message);
            return [];
        }
    }

    /// <summary>Returns the size and time of a file; null if it is gone, is not a regular file, or is a link that is not allowed.</summary>
    private static FileInfo? Inspect(string file, bool mayBeLink)
    {
        try
        {
            FileInfo info = new(file);
            if (!info.Exists) return null;
            if (info.LinkTarget is null) return info;
            return mayBeLink && info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "'{File}' is not served, because '{Other}' has the same name '{Name}'. Rename one of them.")]
    private partial void LogSameName(string file, string other, string name);

    [LoggerMessage(2, LogLevel.Warning, "Cannot read the folder '{Folder}': {Problem}")]
    private partial void LogUnreadable(string folder, string problem);
}
