using System.IO.Enumeration;
using Aphorist.IO;

namespace Aphorist.Text;

/// <summary>Finds the files of a folder or glob, sorted by path, so that every machine reads them in the same order.</summary>
internal static class FileSearch
{
    private static readonly char[] Wildcards = ['*', '?'];

    public static bool IsGlob(string source) => source.IndexOfAny(Wildcards) >= 0;

    /// <summary>Every <c>*.txt</c> in the folder and below it.</summary>
    public static IReadOnlyList<string> TextFilesUnder(string folder) =>
        Sorted(Enumerate(folder, recurse: true).Where(path => path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// The files that match a glob: <c>*</c> and <c>?</c> match within one name, <c>**</c> matches any number of folders, or none. Hidden
    /// files are ignored.
    /// </summary>
    public static IReadOnlyList<string> Matching(string glob)
    {
        string[] segments = glob.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int literal = Array.FindIndex(segments, IsGlob);
        string folder = literal == 0 ? "." : string.Join(Path.DirectorySeparatorChar, segments[..literal]) + Path.DirectorySeparatorChar;
        if (!Directory.Exists(folder)) return [];
        string[] pattern = segments[literal..];
        return Sorted(Enumerate(folder, recurse: pattern.Length > 1 || pattern[0] == "**")
            .Where(path => Matches(pattern, Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)))
            .Select(path => literal == 0 ? Path.GetRelativePath(folder, path) : path));
    }

    /// <summary>Whether a file would be found in a folder or by a glob, once it exists.</summary>
    /// <param name="source">The folder or the glob.</param>
    /// <param name="path">The full path of the file, without symbolic links.</param>
    public static bool WouldFind(string source, string path)
    {
        bool isFolder = Directory.Exists(source);
        if (!isFolder && !IsGlob(source)) return false;
        string[] segments = source.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        string[] literal = isFolder ? segments : [.. segments.TakeWhile(segment => !IsGlob(segment))];
        string folder = string.Join(Path.DirectorySeparatorChar, literal);
        folder = FileTarget.Of(folder.Length > 0 ? folder : source.StartsWith('/') ? "/" : ".").Path;
        string[] below = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar);
        if (below[0] == "..") return false;
        return isFolder ? path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) : Matches(segments.AsSpan(literal.Length), below);
    }

    internal static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty) return path.IsEmpty;
        if (pattern[0] is "**")
        {
            if (pattern.Length == 1) return !path.IsEmpty;
            for (int skip = 0; skip <= path.Length; skip++)
            {
                if (Matches(pattern[1..], path[skip..])) return true;
            }
            return false;
        }
        return !path.IsEmpty && FileSystemName.MatchesSimpleExpression(pattern[0], path[0], ignoreCase: false)
            && Matches(pattern[1..], path[1..]);
    }

    private static FileSystemEnumerable<string> Enumerate(string folder, bool recurse) =>
        new(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), new EnumerationOptions { RecurseSubdirectories = recurse })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            // A link to a folder may lead back to one of its parents.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    private static List<string> Sorted(IEnumerable<string> paths) => [.. paths.Order(StringComparer.Ordinal)];
}
