using System.Buffers;
using System.IO.Compression;
using Aphorist.Text.Cache;
using Aphorist.Text.Catalog;

namespace Aphorist.Text;

/// <summary>Gathers texts from files, folders, globs, the catalog and standard input, and reads them as one corpus.</summary>
internal sealed class CorpusReader
{
    private const int LongestText = 0x3FFFFFDF; // Of a .NET string.
    private const int LongestMark = 4; // A byte order mark alone is not text.
    private const string StandardInput = "standard input";
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("./\\*?:");

    private readonly CorpusOptions options;
    private readonly TextDecoder decoder;
    private readonly List<Part> parts = [];
    private readonly List<string> notes = [];

    /// <exception cref="InvalidOptionsException">An option is out of range, or there is no such encoding.</exception>
    public CorpusReader(CorpusOptions options)
    {
        options.Validate();
        (this.options, decoder) = (options, new TextDecoder(options.Encoding));
    }

    /// <summary>Adds a file, a folder, a glob, a corpus of the catalog, or standard input for <c>-</c>.</summary>
    public async Task AddAsync(string source, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        bool isInCatalog = CorpusCatalog.TryGet(source, out CorpusEntry? entry);
        if (isInCatalog && options.PrefersCatalog)
        {
            await AddAsync(entry!, progress, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (isInCatalog && Path.Exists(source))
        {
            string kind = File.Exists(source) ? "file" : "folder";
            notes.Add($"The {kind} '{source}' was opened. The catalog has a corpus of this name, too: to open that, rename the {kind}.");
        }

        if (source == "-")
        {
            await AddStandardInputAsync(cancellationToken).ConfigureAwait(false);
            options.InputRead?.Invoke(parts[^1].Bytes);
        }
        else if (File.Exists(source)) AddFile(source, Path.GetFileName(source));
        else if (Directory.Exists(source)) AddFound(source, FileSearch.TextFilesUnder(source), "has no .txt file in it or below it");
        else if (isInCatalog) await AddAsync(entry!, progress, cancellationToken).ConfigureAwait(false);
        else if (FileSearch.IsGlob(source)) AddFound(source, FileSearch.Matching(source), "matches no file");
        else throw LooksLikeName(source) ? CorpusException.UnknownName(source) : CorpusException.NotFound(source);
    }

    /// <summary>Returns a source that opens the same texts from any folder: a path becomes absolute.</summary>
    public static string ToAbsolute(string source) =>
        source == "-" || (!Path.Exists(source) && CorpusCatalog.TryGet(source, out _)) ? source : Path.GetFullPath(source);

    /// <summary>Adds a corpus of the catalog.</summary>
    public async Task AddAsync(CorpusEntry entry, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        if (entry.IsBuiltIn)
        {
            using Stream compressed = typeof(CorpusCatalog).Assembly.GetManifestResourceStream($"corpora/{entry.FileName}")!;
            using GZipStream text = new(compressed, CompressionMode.Decompress);
            await AddStreamAsync(text, entry.Name, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            AddFile(await new CorpusDownloader(options).FetchAsync(entry, progress, cancellationToken).ConfigureAwait(false), entry.Name);
        }
    }

    /// <summary>Reads everything that was added: into memory, or through the cache if it is files and they are large.</summary>
    public async Task<Corpus> ReadAsync(IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        if (parts.Count == 0)
            throw new CorpusException("No text was named: give a file, a folder, a glob, a catalog name, or - for standard input.");
        string name = parts.Count == 1 ? parts[0].Name : $"{parts[0].Name} and {parts.Count - 1} more";
        if (!AreLarge())
        {
            // Decoding takes seconds for the largest texts. It only computes, so a cancellation need not wait for it.
            string text = await Task.Run(() => ReadTextAsync(cancellationToken), cancellationToken)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            return Corpus.FromNormalizedText(text, name, options.Normalization, notes);
        }

        foreach (Part part in parts) await EnsureHasTextAsync(part, cancellationToken).ConfigureAwait(false);
        CorpusCaching caching = new(name, [.. parts.SelectMany(part => part.Paths)], options);
        CorpusCache cache = new(options);
        // Decoding gigabytes is work for a CPU, which must not run in the caller's context.
        CacheFile file = await Task.Run(
            () => cache.OpenOrCreateAsync(
                caching.Request, writer => caching.WriteAsync(writer, progress, cancellationToken), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return Corpus.FromCache(name, new CachedCorpus(cache, file), notes);
    }

    /// <summary>A word without extension, folder or wildcard is more likely a misspelled name than a missing file.</summary>
    private static bool LooksLikeName(string source) => source.Length > 0 && source.AsSpan().IndexOfAny(NotInNames) < 0;

    private static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            // A pipe or device has no length. ReadAllBytesAsync reads those to their end.
            if (GetLength(path) > LongestText) throw CorpusException.TooLong(path);
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }

    private static long GetLength(string path) => CacheFileSource.Of(path).Length;

    private void AddFile(string path, string name) =>
        parts.Add(new(name, [path], default, $"'{path}' is empty: give a file with some text in it."));

    /// <summary>Adds the files of a folder or glob. Empty ones among them are no error.</summary>
    private void AddFound(string source, IReadOnlyList<string> paths, string failure)
    {
        if (paths.Count == 0) throw new CorpusException($"'{source}' {failure}: check the path, or name the files one by one.");
        string name = FileSearch.IsGlob(source) ? source : Path.GetFileName(Path.GetFullPath(source).TrimEnd(Path.DirectorySeparatorChar));
        parts.Add(new(name, paths, default, $"All {paths.Count} files of '{source}' are empty: give at least one with some text in it."));
    }

    private async Task AddStandardInputAsync(CancellationToken cancellationToken)
    {
        if (options.StandardInput is { } stream)
        {
            await AddStreamAsync(stream, StandardInput, cancellationToken).ConfigureAwait(false);
            return;
        }

        using Stream console = Console.OpenStandardInput();
        await AddStreamAsync(console, StandardInput, cancellationToken).ConfigureAwait(false);
    }

    private async Task AddStreamAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new();
        try
        {
            // A read from a terminal cannot be cancelled, but the wait for it can.
            await stream.CopyToAsync(bytes, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw CorpusException.Unreadable(name, exception);
        }

        string empty = $"Nothing came from {name}: pipe some text into it, or give a file.";
        parts.Add(new(name, [], new(bytes.GetBuffer(), 0, (int)bytes.Length), empty));
    }

    /// <summary>Standard input is in memory already, and could not be found again by its path.</summary>
    private bool AreLarge() =>
        parts.TrueForAll(part => part.Paths.Count > 0) && parts.Sum(part => part.Paths.Sum(GetLength)) > options.MaxInMemoryBytes;

    private async Task EnsureHasTextAsync(Part part, CancellationToken cancellationToken)
    {
        foreach (string path in part.Paths)
        {
            if (GetLength(path) > LongestMark) return;
            byte[] bytes = await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false);
            if (decoder.Decode(bytes, path).Length > 0) return;
        }

        throw new CorpusException(part.EmptyMessage);
    }

    private async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        List<string> read = [];
        long length = 0;
        foreach (Part part in parts)
        {
            bool any = part.Paths.Count == 0 && TryAppend(part.Bytes, part.Name);
            foreach (string path in part.Paths) any |= TryAppend(await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false), path);
            if (!any) throw new CorpusException(part.EmptyMessage);
        }

        return read.Count == 1 ? read[0] : string.Concat(read);

        bool TryAppend(ArraySegment<byte> bytes, string label)
        {
            string text = options.Normalization.Apply(decoder.Decode(bytes, label));
            if (text.Length == 0) return false;
            if (read.Count > 0 && !read[^1].EndsWith('\n')) read.Add("\n");
            read.Add(text);
            length += text.Length + 1;
            return length <= LongestText ? true : throw CorpusException.TooLong(label);
        }
    }

    /// <summary>One source: its files, or bytes already read.</summary>
    private sealed record Part(string Name, IReadOnlyList<string> Paths, ArraySegment<byte> Bytes, string EmptyMessage);
}
