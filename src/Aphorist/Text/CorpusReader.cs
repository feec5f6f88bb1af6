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
        CorpusSource found = CorpusSource.Of(source);
        if (found.Note is { } note) notes.Add(note);
        switch (found.Kind)
        {
            case CorpusSourceKind.StandardInput:
                await AddStandardInputAsync(cancellationToken).ConfigureAwait(false);
                break;
            case CorpusSourceKind.File:
                AddFile(source, Path.GetFileName(source), found.Hidden);
                break;
            case CorpusSourceKind.Folder:
                AddFound(source, FileSearch.TextFilesUnder(source), "has no .txt file in it or below it", found.Hidden);
                break;
            case CorpusSourceKind.Catalog:
                await AddAsync(found.Entry!, progress, cancellationToken).ConfigureAwait(false);
                break;
            default:
                AddFound(source, FileSearch.Matching(source), "matches no file", hidden: null);
                break;
        }
    }

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
            string path = await new CorpusDownloader(options).FetchAsync(entry, progress, cancellationToken).ConfigureAwait(false);
            AddFile(path, entry.Name, hidden: null);
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
            string text = await ReadTextAsync(cancellationToken).ConfigureAwait(false);
            return Corpus.FromNormalizedText(text, name, options.Normalization, [.. notes, .. decoder.Notes]);
        }

        foreach (Part part in parts) await EnsureHasTextAsync(part, cancellationToken).ConfigureAwait(false);
        CorpusCaching caching = new(name, [.. parts.SelectMany(part => part.Paths)], options);
        CorpusCache cache = new(options);
        // Decoding gigabytes is work for a CPU, which must not run in the caller's context.
        CacheFile file = await Task.Run(
            () => cache.OpenOrCreateAsync(
                caching.Request, writer => caching.WriteAsync(writer, progress, cancellationToken), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return Corpus.FromCache(name, new CachedCorpus(cache, file), [.. notes, .. file.Description.Notes]);
    }

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

    /// <param name="path">The file.</param>
    /// <param name="name">The name of the text.</param>
    /// <param name="hidden">How to open what a file of this name hides, for the error; null if it hides nothing.</param>
    private void AddFile(string path, string name, string? hidden) =>
        parts.Add(new(name, [path], default, Sentences($"'{path}' is empty: give a file with some text in it.", hidden)));

    /// <summary>Adds the files of a folder or glob. Empty ones among them are no error.</summary>
    private void AddFound(string source, IReadOnlyList<string> paths, string failure, string? hidden)
    {
        if (paths.Count == 0)
            throw new CorpusException(Sentences($"'{source}' {failure}: check the path, or name the files one by one.", hidden));
        string name = FileSearch.IsGlob(source) ? source : Path.GetFileName(Path.GetFullPath(source).TrimEnd(Path.DirectorySeparatorChar));
        string empty = $"All {paths.Count} files of '{source}' are empty: give at least one with some text in it.";
        parts.Add(new(name, paths, default, Sentences(empty, hidden)));
    }

    private static string Sentences(string first, string? second) => second is null ? first : $"{first} {second}";

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
