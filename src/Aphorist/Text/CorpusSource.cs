using System.Buffers;

namespace Aphorist.Text;

/// <summary>
/// What a word that names a text stands for. Nothing else decides whether a word is a path or a corpus of the catalog: what exists on
/// disk comes first, and <c>catalog:NAME</c> is always the catalog's.
/// </summary>
/// <param name="Kind">What the text is.</param>
/// <param name="Word">The word as given.</param>
/// <param name="Entry">
/// The catalog's corpus of this name: what is opened if the kind is <see cref="CorpusSourceKind.Catalog"/>, else what a file or folder of
/// the same name hides. Null if there is none.
/// </param>
internal sealed record CorpusSource(CorpusSourceKind Kind, string Word, CorpusEntry? Entry)
{
    private const string StandardInput = "-";
    private static readonly string[] NamesOfInput = OperatingSystem.IsWindows() ? [] : ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("./\\*?:");

    /// <summary>The same source as a word that means the same in every working folder.</summary>
    public string AbsoluteName => Kind switch
    {
        CorpusSourceKind.StandardInput => StandardInput,
        CorpusSourceKind.Catalog => CorpusCatalog.Prefix + Entry!.Name,
        _ => Path.GetFullPath(Word),
    };

    /// <summary>What a user may want to know about this choice, or null.</summary>
    public string? Note => this switch
    {
        { Kind: CorpusSourceKind.File or CorpusSourceKind.Folder, Entry: not null } =>
            $"The {(Kind == CorpusSourceKind.File ? "file" : "folder")} '{Word}' was opened. {Hidden}",
        { Kind: CorpusSourceKind.Catalog } when File.Exists(Word + ".txt") =>
            $"The catalog's corpus '{Word}' was opened. To open the file '{Word}.txt', give its name with the extension.",
        _ => null,
    };

    /// <summary>How to open the corpus of the catalog that a file or folder hides; null if none is hidden.</summary>
    public string? Hidden => Kind == CorpusSourceKind.Catalog || Entry is null
        ? null
        : $"To open the catalog's corpus of this name, use '{CorpusCatalog.Prefix}{Entry.Name}'.";

    /// <summary>Finds out what a word stands for.</summary>
    /// <exception cref="CorpusException">There is no such file, folder or corpus.</exception>
    public static CorpusSource Of(string word)
    {
        if (word == StandardInput || Array.IndexOf(NamesOfInput, word) >= 0) return new(CorpusSourceKind.StandardInput, word, null);
        if (word.StartsWith(CorpusCatalog.Prefix, StringComparison.OrdinalIgnoreCase))
            return new(CorpusSourceKind.Catalog, word, CorpusCatalog.Get(word));
        CorpusCatalog.TryGet(word, out CorpusEntry? entry);
        CorpusSourceKind kind = File.Exists(word) ? CorpusSourceKind.File
            : Directory.Exists(word) ? CorpusSourceKind.Folder
            : entry is not null ? CorpusSourceKind.Catalog
            : FileSearch.IsGlob(word) ? CorpusSourceKind.Glob
            : throw (LooksLikeName(word) ? CorpusException.UnknownName(word) : CorpusException.NotFound(word));
        return new(kind, word, entry);
    }

    /// <summary>A word without extension, folder or wildcard is more likely a misspelled name than a missing file.</summary>
    private static bool LooksLikeName(string word) => word.Length > 0 && word.AsSpan().IndexOfAny(NotInNames) < 0;
}

/// <summary>The kinds of sources of a text.</summary>
internal enum CorpusSourceKind
{
    StandardInput,
    File,
    Folder,
    Catalog,
    Glob,
}
