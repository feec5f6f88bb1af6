using System.Security.Cryptography;
using System.Text;
using Aphorist.IO;
using Aphorist.Text.Cache;
using Aphorist.Text.Catalog;

namespace Aphorist;

/// <summary>
/// The files that this library keeps for a user: downloaded corpora, and large corpora with their tokens and vocabularies. Everything in it
/// can be deleted; what is needed again is downloaded or created again.
/// </summary>
public sealed class CorpusCache
{
    private const string Extension = ".prepared";
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly CorpusOptions options;
    private readonly CorpusDownloader downloader;

    /// <summary>Creates a view of the cache.</summary>
    /// <param name="options">The options that name its folders; those of the environment by default.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public CorpusCache(CorpusOptions? options = null)
    {
        this.options = options ?? CorpusOptions.Default;
        this.options.Validate();
        downloader = new CorpusDownloader(this.options);
    }

    /// <summary>The folder of cached large corpora, see <see cref="CorpusOptions.CacheFolder"/>.</summary>
    public string Folder => options.CacheFolder ?? UserFolders.Cache;

    /// <summary>The folder of downloaded corpora, see <see cref="CorpusOptions.DownloadFolder"/>.</summary>
    public string DownloadFolder => downloader.Folder;

    /// <summary>Lists all files in the cache: downloads first, then cached corpora by file name.</summary>
    public IReadOnlyList<CorpusCacheEntry> GetEntries()
    {
        IEnumerable<CorpusCacheEntry> downloads = CorpusCatalog.Entries.Where(entry => !entry.IsBuiltIn)
            .Select(entry => (entry.Name, File: new FileInfo(downloader.GetPath(entry)))).Where(found => found.File.Exists)
            .Select(found => CorpusCacheEntry.Of(found.Name, CorpusCacheKind.Download, found.File));
        return [.. downloads, .. GetFiles().Select(Describe)];
    }

    /// <summary>Deletes all files of the cache, and what interrupted programs left behind.</summary>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">A file cannot be deleted.</exception>
    public void Clear()
    {
        foreach (CorpusCacheEntry entry in GetEntries()) entry.Delete();
        if (Directory.Exists(Folder)) CacheFileWriter.DeleteLeftovers(Folder);
        if (!Directory.Exists(DownloadFolder)) return;
        foreach (CorpusEntry entry in CorpusCatalog.Entries) AtomicFile.DeleteLeftovers(DownloadFolder, entry.FileName);
    }

    /// <summary>
    /// Opens a file of the cache, and creates it if it is missing. Blocks while another process or thread creates the same file.
    /// </summary>
    /// <param name="request">The file.</param>
    /// <param name="write">Writes it and returns its description.</param>
    /// <param name="cancellationToken">Cancels the wait for another process.</param>
    /// <exception cref="CorpusException">The folder is not writable, or there is not enough space.</exception>
    internal CacheFile OpenOrCreate(
        CacheRequest request, Func<CacheFileWriter, CacheFileDescription> write, CancellationToken cancellationToken)
    {
        string path = GetPath(request);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryOpen(path, request) is { } found) return found;
                // Of several at once, one writes and the others wait for the file. If it fails, the next one takes its turn.
                using CacheFileWriter? writer = CacheFileWriter.TryBegin(path);
                if (writer is null) Thread.Sleep(Wait);
                else if (TryOpen(path, request) is { } created) return created;
                else Commit(path, writer, write(writer));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(request, exception);
        }
    }

    /// <summary>Opens a file of the cache, and creates it if it is missing.</summary>
    /// <inheritdoc cref="OpenOrCreate"/>
    internal async Task<CacheFile> OpenOrCreateAsync(
        CacheRequest request, Func<CacheFileWriter, Task<CacheFileDescription>> write, CancellationToken cancellationToken)
    {
        string path = GetPath(request);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TryOpen(path, request) is { } found) return found;
                using CacheFileWriter? writer = CacheFileWriter.TryBegin(path);
                if (writer is null) await Task.Delay(Wait, cancellationToken).ConfigureAwait(false);
                else if (TryOpen(path, request) is { } created) return created;
                else Commit(path, writer, await write(writer).ConfigureAwait(false));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(request, exception);
        }
    }

    private static CacheFile? TryOpen(string path, CacheRequest request)
    {
        CacheFile? file = CacheFile.TryOpen(path, request.Fits);
        if (file is null) return null;
        try
        {
            // The time of the last use decides which files are deleted first.
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder may be read-only.
        }

        return file;
    }

    private static CorpusCacheEntry Describe(FileInfo file)
    {
        CacheFileDescription? description = CacheFile.TryReadDescription(file.FullName);
        CorpusCacheKind kind = description switch
        {
            { Words.Count: > 0 } => CorpusCacheKind.Vocabulary,
            { Tokenizer: not null } => CorpusCacheKind.Tokens,
            _ => CorpusCacheKind.Text,
        };
        return CorpusCacheEntry.Of(description?.Name ?? Path.GetFileNameWithoutExtension(file.Name), kind, file);
    }

    private IEnumerable<FileInfo> GetFiles() => Directory.Exists(Folder)
        ? new DirectoryInfo(Folder).EnumerateFiles("*" + Extension).OrderBy(file => file.Name, StringComparer.Ordinal)
        : [];

    private string GetPath(CacheRequest request)
    {
        string readable = string.Concat(request.Name.Take(40).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-'));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Key)));
        return Path.Combine(Folder, $"{readable}-{hash[..16]}{Extension}");
    }

    private void Commit(string path, CacheFileWriter writer, CacheFileDescription description)
    {
        writer.Commit(description);
        FileInfo[] others = [.. GetFiles().Where(file => file.Name != Path.GetFileName(path)).OrderBy(file => file.LastWriteTimeUtc)];
        long total = new FileInfo(path).Length + others.Sum(file => file.Length);
        foreach (FileInfo file in others)
        {
            if (total <= options.MaxCacheBytes) return;
            total -= file.Length;
            try
            {
                file.Delete();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's file in a shared folder. The new file is complete anyway.
            }
        }
    }

    private CorpusException Unwritable(CacheRequest request, Exception exception) => new(
        $"'{request.Name}' is too large for memory and cannot be cached in {Folder} ({exception.Message.TrimEnd('.')}): " +
        FormattableString.Invariant($"free about {request.ByteCount:N0} bytes there, ") +
        $"or set {UserFolders.CacheVariable} to another folder.", exception);
}

/// <summary>A file in the cache.</summary>
/// <param name="Name">The name of the corpus.</param>
/// <param name="Kind">What the file contains.</param>
/// <param name="Path">The path of the file.</param>
/// <param name="ByteCount">Its size in bytes.</param>
/// <param name="LastUsed">The time at which a cached corpus was last opened or a download finished.</param>
public sealed record CorpusCacheEntry(string Name, CorpusCacheKind Kind, string Path, long ByteCount, DateTimeOffset LastUsed)
{
    /// <summary>Deletes the file, if it still exists. A program that has it open can continue to read it.</summary>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be deleted.</exception>
    public void Delete()
    {
        if (File.Exists(Path)) File.Delete(Path);
    }

    internal static CorpusCacheEntry Of(string name, CorpusCacheKind kind, FileInfo file) =>
        new(name, kind, file.FullName, file.Length, file.LastWriteTimeUtc);
}

/// <summary>What a file in the cache contains.</summary>
public enum CorpusCacheKind
{
    /// <summary>A downloaded corpus of the catalog.</summary>
    Download,

    /// <summary>The characters of a large text.</summary>
    Text,

    /// <summary>The tokens of a large text.</summary>
    Tokens,

    /// <summary>The words that a <see cref="WordTokenizer"/> chose from a large text.</summary>
    Vocabulary,
}
