using System.Security.Cryptography;

namespace Aphorist.Text.Catalog;

/// <summary>The folder of downloaded corpora. Everything that leaves it has the length and SHA-256 that the catalogue says.</summary>
internal sealed class CorpusDownloadFolder
{
    private static readonly TimeSpan TurnWait = TimeSpan.FromMilliseconds(100);

    private readonly string? folder;
    private readonly Lazy<HttpClient> client;

    /// <param name="folder">The folder; by default the one that the environment names.</param>
    /// <param name="handler">What answers the requests; the network by default.</param>
    public CorpusDownloadFolder(string? folder = null, HttpMessageHandler? handler = null)
    {
        this.folder = folder;
        client = new(() => handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false));
    }

    public string Folder => folder ?? (Environment.GetEnvironmentVariable("APHORIST_CORPORA") is { Length: > 0 } named ? named : UserFolder);

    private static string UserFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "aphorist", "corpora");

    public string PathOf(CorpusEntry entry) => Path.Combine(Folder, entry.FileName);

    /// <summary>The path of an entry's file, which is downloaded first if it is not there.</summary>
    /// <exception cref="CorpusException">The file is not what the catalogue says, or cannot be downloaded.</exception>
    public async Task<string> FetchAsync(CorpusEntry entry, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        string path = PathOf(entry);
        while (!File.Exists(path))
        {
            // Of several at once, one downloads and the others wait for the file; should it fail, the next one takes its turn.
            using CorpusDownload? download = Begin(entry, path);
            if (download is null) await Task.Delay(TurnWait, cancellationToken).ConfigureAwait(false);
            else if (File.Exists(path)) download.Discard();
            else await CompleteAsync(download, entry, progress, cancellationToken).ConfigureAwait(false);
        }
        await VerifyAsync(entry, path, cancellationToken).ConfigureAwait(false);
        return path;
    }

    private CorpusDownload? Begin(CorpusEntry entry, string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return CorpusDownload.TryBegin(entry, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(entry, exception);
        }
    }

    private async Task CompleteAsync(
        CorpusDownload download, CorpusEntry entry, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await download.CompleteAsync(client.Value, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(entry, exception);
        }
    }

    private CorpusException Unwritable(CorpusEntry entry, Exception exception) =>
        new($"'{entry.Name}' cannot be saved to {Folder} ({exception.Message.TrimEnd('.')}): set APHORIST_CORPORA to a folder that is writable, " +
            $"or get {entry.Uri} in another way and give its path.", exception);

    private static async Task VerifyAsync(CorpusEntry entry, string path, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length == entry.ByteCount)
            {
                byte[] hash = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
                if (Convert.ToHexStringLower(hash) == entry.Sha256) return;
            }
            throw new CorpusException(FormattableString.Invariant($"'{path}' is not the catalogue's {entry.Name} ({file.Length:N0} bytes; expected are {entry.ByteCount:N0} ") +
                $"with SHA-256 {entry.Sha256[..8]}...): delete it to have it downloaded again, or rename it and give its path to train on it as it is.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusErrors.Unreadable(path, exception);
        }
    }
}
