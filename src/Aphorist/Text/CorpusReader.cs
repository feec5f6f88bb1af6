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
                options.InputRead?.Invoke(source, parts[^1].Bytes);
                break;
            case CorpusSourceKind.File:
                await AddFileAsync(source, Path.GetFileName(source), found.Hidden, cancellationToken).ConfigureAwait(false);
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
            await AddFileAsync(path, entry.Name, hidden: null, cancellationToken).ConfigureAwait(false);
            parts[^1] = parts[^1] with { IsOfCatalog = true };
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
            (string text, List<CorpusPart> found) = await Task.Run(() => ReadTextAsync(cancellationToken), cancellationToken)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            return Corpus.FromParts(text, found, name, options.Normalization, [.. notes, .. decoder.Notes]);
        }

        foreach (Part part in parts) await EnsureHasTextAsync(part, cancellationToken).ConfigureAwait(false);
        CorpusCaching caching = new(name, [.. parts.SelectMany(part => part.Paths)], options);
        CorpusCache cache = new(options);
        // Decoding gigabytes is work for a CPU, which must not run in the caller's context.
        CacheFile file = await Task.Run(
            () => cache.OpenOrCreateAsync(
                caching.Request, writer => caching.WriteAsync(writer, progress, cancellationToken), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        IEnumerable<string> names = parts.SelectMany(part => part.Paths.Select(part.NameOf));
        IEnumerable<CorpusPart> cached = names.Zip(file.Description.Starts).Select(pair => new CorpusPart(pair.First, pair.Second));
        CorpusPart[] withText = [.. cached.Where(part => part.Start >= 0)];
        return Corpus.FromCache(name, new CachedCorpus(cache, file), withText, [.. notes, .. file.Description.Notes]);
    }

    private static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (GetLength(path) > LongestText) throw CorpusException.TooLong(path);
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }

    private static long GetLength(string path) => CacheFileSource.Of(path).Length;

    /// <summary>Adds a file. A pipe or a device has no length; it is read at once, because it can be read only once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name of the text.</param>
    /// <param name="hidden">How to open what a file of this name hides, for the error; null if it hides nothing.</param>
    /// <param name="cancellationToken">Ends the wait for a pipe.</param>
    private async Task AddFileAsync(string path, string name, string? hidden, CancellationToken cancellationToken)
    {
        string empty = Sentences($"'{path}' is empty: give a file with some text in it.", hidden);
        if (GetLength(path) > 0)
        {
            parts.Add(new(name, [path], default, empty));
            return;
        }

        ArraySegment<byte> bytes = await ReadToEndAsync(null, path, cancellationToken).ConfigureAwait(false);
        parts.Add(new(name, [], bytes, empty));
        options.InputRead?.Invoke(path, bytes);
    }

    /// <summary>Adds the files of a folder or glob. Those without a length are empty, or pipes and devices, which could block.</summary>
    private void AddFound(string source, IReadOnlyList<string> paths, string failure, string? hidden)
    {
        if (paths.Count == 0)
            throw new CorpusException(Sentences($"'{source}' {failure}: check the path, or name the files one by one.", hidden));
        ILookup<bool, string> hasLength = paths.ToLookup(path => GetLength(path) > 0);
        notes.AddRange(hasLength[false].Select(path => $"Skipped '{path}': it is empty, or not a regular file."));
        string name = FileSearch.IsGlob(source) ? source : Path.GetFileName(Path.GetFullPath(source).TrimEnd(Path.DirectorySeparatorChar));
        string empty = $"No file of '{source}' has any text in it: give at least one that has.";
        parts.Add(new(name, [.. hasLength[true]], default, Sentences(empty, hidden)));
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
        ArraySegment<byte> bytes = await ReadToEndAsync(stream, name, cancellationToken).ConfigureAwait(false);
        parts.Add(new(name, [], bytes, $"Nothing came from {name}: pipe some text into it, or give a file."));
    }

    /// <summary>Reads a stream to its end, or the file that is named.</summary>
    private static async Task<ArraySegment<byte>> ReadToEndAsync(Stream? stream, string name, CancellationToken cancellationToken)
    {
        try
        {
            // To open a pipe, and to read from one or from a terminal, can take for ever and cannot be cancelled on every system. So both
            // happen on another thread, which a cancellation leaves behind.
            return await Task.Run(ReadAsync, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw stream is null ? CorpusException.Unreadable(name, exception) : CorpusException.NoInput(name, exception);
        }

        async Task<ArraySegment<byte>> ReadAsync()
        {
            using FileStream? file = stream is null ? new(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0) : null;
            MemoryStream bytes = new();
            byte[] block = new byte[1 << 16];
            for (int count; (count = await (file ?? stream!).ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                bytes.Write(block, 0, count);
                // A device such as /dev/zero has no end.
                if (bytes.Length > LongestText) throw CorpusException.TooLong(name);
            }

            return new(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
    }

    /// <summary>What came from a stream or a pipe is in memory already, and could not be read again.</summary>
    private bool AreLarge() =>
        parts.TrueForAll(part => part.Bytes.Array is null) && parts.Sum(part => part.Paths.Sum(GetLength)) > options.MaxInMemoryBytes;

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

    private async Task<(string Text, List<CorpusPart> Parts)> ReadTextAsync(CancellationToken cancellationToken)
    {
        List<string> read = [];
        List<CorpusPart> found = [];
        long length = 0, characters = 0;
        foreach (Part part in parts)
        {
            bool any = part.Bytes.Array is not null && TryAppend(part.Bytes, part.Name, part.Name);
            foreach (string path in part.Paths)
                any |= TryAppend(await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false), path, part.NameOf(path));
            if (!any) throw new CorpusException(part.EmptyMessage);
        }

        return (read.Count == 1 ? read[0] : string.Concat(read), found);

        bool TryAppend(ArraySegment<byte> bytes, string label, string name)
        {
            string text = options.Normalization.Apply(decoder.Decode(bytes, label));
            if (text.Length == 0) return false;
            if (read.Count > 0 && !read[^1].EndsWith('\n'))
            {
                read.Add("\n");
                characters++;
            }

            found.Add(new(name, characters));
            read.Add(text);
            characters += ScalarValues.Count(text, label);
            length += text.Length + 1;
            return length <= LongestText ? true : throw CorpusException.TooLong(label);
        }
    }

    /// <summary>One source: its files, or bytes already read.</summary>
    private sealed record Part(string Name, IReadOnlyList<string> Paths, ArraySegment<byte> Bytes, string EmptyMessage)
    {
        /// <summary>Whether this is a corpus of the catalog, whose name says more than the path of its file.</summary>
        public bool IsOfCatalog { get; init; }

        /// <summary>What to call one of its files.</summary>
        public string NameOf(string path) => IsOfCatalog ? Name : path;
    }
}
