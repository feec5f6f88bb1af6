using System.Buffers;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Aphorist.Text;

namespace Aphorist.Studio.NewRun;

/// <summary>A text to train on.</summary>
/// <param name="Id">Its name in the address of the page: <c>catalog:NAME</c>, or the name of a file.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">What a corpus is opened with.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Entry">Its entry of the catalog; null for a text of the user.</param>
public sealed record TextEntry(string Id, string Name, string Source, long Bytes, CorpusEntry? Entry)
{
    /// <summary>Whether it can be read without a download.</summary>
    public bool IsHere => Entry is null || CorpusCatalog.IsAvailableOffline(Entry);
}

/// <summary>Why a text cannot be added or read, in both languages.</summary>
public sealed class TextException(Bilingual sentence, Exception? cause = null) : Exception(sentence.English, cause)
{
    /// <summary>What is wrong, and what to do.</summary>
    public Bilingual Sentence { get; } = sentence;
}

/// <summary>The texts that a run can use: those of the catalog, and those that were dropped into the studio.</summary>
public sealed class TextStore
{
    /// <summary>The largest file that is taken, in bytes.</summary>
    public const long MaxBytes = 100_000_000;

    /// <summary>The largest number of files that are taken at a time.</summary>
    public const int MaxFiles = 20;

    private const string CatalogPrefix = "catalog:", TemporaryPrefix = ".new-";

    private readonly Workspace workspace;
    private readonly Trash trash;
    private readonly Lock naming = new();

    /// <summary>Deletes what is left of uploads that a crash has interrupted.</summary>
    public TextStore(Workspace workspace, Trash trash)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        (this.workspace, this.trash) = (workspace, trash);
        foreach (FileInfo file in Files($"{TemporaryPrefix}*")) DeleteUnused(file);
    }

    /// <summary>All texts: those of the catalog, then those of the user, the newest first.</summary>
    public IReadOnlyList<TextEntry> List() =>
    [
        .. CorpusCatalog.Entries.Select(Of),
        .. Files("*")
            .Where(file => Workspace.Find(workspace.Texts, file.Name) is not null)
            .OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal)
            .Select(Of),
    ];

    /// <summary>Finds a text; null if there is none with this id.</summary>
    public TextEntry? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.StartsWith(CatalogPrefix, StringComparison.Ordinal))
            return CorpusCatalog.Entries.FirstOrDefault(entry => entry.Name == id[CatalogPrefix.Length..]) is { } entry ? Of(entry) : null;
        return Workspace.Find(workspace.Texts, id) is { } path && File.Exists(path) ? Of(new FileInfo(path)) : null;
    }

    /// <summary>Adds a text. Its file has a new name if there is one of the same name.</summary>
    /// <param name="name">The name that it has in the browser.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="progress">Receives the number of bytes that were read.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="TextException">The text is empty, too large, or no text.</exception>
    /// <exception cref="IOException">The text cannot be read or written.</exception>
    public async Task<TextEntry> AddAsync(
        string name, Stream content, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(workspace.Texts);
        string temporary = Path.Combine(workspace.Texts, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            await using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write))
                await CopyAsync(name, content, file, progress, cancellationToken).ConfigureAwait(false);
            await Task.Run(() => EnsureIsText(name, temporary), cancellationToken).ConfigureAwait(false);
            lock (naming)
            {
                string path = Workspace.FreePath(workspace.Texts, Workspace.SafeName(name));
                File.Move(temporary, path);
                return Of(new FileInfo(path));
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes a text of the user.</summary>
    /// <returns>Brings it back.</returns>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public Action? Delete(TextEntry text) => Workspace.Find(workspace.Texts, text.Id) is { } path ? trash.Delete(path) : null;

    /// <summary>The sentence for a file that is too large.</summary>
    public static Bilingual TooLarge(string name, long bytes) => new(
        $"“{name}” is {bytes / 1_000_000:N0} MB. The maximum is {MaxBytes / 1_000_000} MB: use a part of it, or train with the command "
        + "aphorist train.",
        $"“{name}”有 {bytes / 1_000_000:N0} MB，最大为 {MaxBytes / 1_000_000} MB。请截取一部分，或用命令 aphorist train 训练。");

    private IEnumerable<FileInfo> Files(string pattern)
    {
        DirectoryInfo folder = new(workspace.Texts);
        // It can be deleted while the studio runs.
        return folder.Exists ? folder.EnumerateFiles(pattern) : [];
    }

    /// <summary>Deletes a file that no other studio writes at the moment.</summary>
    private static void DeleteUnused(FileInfo file)
    {
        try
        {
            using FileStream unused = new(file.FullName, FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start tries it again.
        }
    }

    private static TextEntry Of(CorpusEntry entry) =>
        new(CatalogPrefix + entry.Name, entry.Name, CatalogPrefix + entry.Name, entry.ByteCount, entry);

    private static TextEntry Of(FileInfo file) =>
        new(file.Name, Path.GetFileNameWithoutExtension(file.Name), file.FullName, file.Length, null);

    private static async Task CopyAsync(
        string name, Stream content, FileStream file, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            long total = 0;
            for (int count; (count = await content.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                total += count;
                if (total > MaxBytes) throw new TextException(TooLarge(name, total));
                await file.WriteAsync(block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                progress?.Report(total);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Refuses what is no text in any encoding.</summary>
    private static void EnsureIsText(string name, string path)
    {
        if (new FileInfo(path).Length == 0) throw Empty(name);
        try
        {
            Corpus corpus = Corpus.FromBytes(File.ReadAllBytes(path), name);
            bool hasLetters = corpus.EnumerateBlocks().Any(block => block.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit));
            if (!hasLetters) throw Empty(name);
        }
        catch (CorpusException exception)
        {
            if (exception.Undecodable is { } text && EncodingCandidates.NamesOf(text).Any()) return;
            throw new TextException(
                new(
                    $"“{name}” is not plain text. Save it as a text file (.txt) and drop that.",
                    $"“{name}”不是纯文本文件。请先另存为文本文件（.txt），再拖到这里。"),
                exception);
        }
    }

    private static TextException Empty(string name) => new(new(
        $"“{name}” contains no text. Use a file with some text in it.", $"“{name}”里没有文字。请使用有内容的文本文件。"));
}
