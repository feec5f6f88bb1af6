using System.Net.Http.Headers;
using System.Security.Cryptography;
using Aphorist.IO;

namespace Aphorist.Text.Catalog;

/// <summary>Downloads corpora of the catalog into a folder. Each file it returns has the length and SHA-256 of its entry.</summary>
/// <param name="options">Name the folder.</param>
internal sealed class CorpusDownloader(CorpusOptions options)
{
    private const int BlockLength = 81920;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Network = new();

    public string Folder => options.DownloadFolder ?? UserFolders.Downloads;

    public string GetPath(CorpusEntry entry) => Path.Combine(Folder, entry.FileName);

    /// <summary>Returns the path of an entry's file, which is downloaded first if it is missing.</summary>
    /// <exception cref="CorpusException">The file cannot be downloaded, or it differs from the catalog's.</exception>
    public async Task<string> FetchAsync(CorpusEntry entry, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        string path = GetPath(entry);
        if (File.Exists(path)) await VerifyAsync(entry, path, cancellationToken).ConfigureAwait(false);
        else await DownloadAsync(entry, path, progress, cancellationToken).ConfigureAwait(false);
        return path;
    }

    private static async Task VerifyAsync(CorpusEntry entry, string path, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream file = new(
                path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            if (file.Length == entry.ByteCount)
            {
                byte[] hash = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
                if (Convert.ToHexStringLower(hash) == entry.Sha256) return;
            }

            throw new CorpusException(FormattableString.Invariant(
                $"'{path}' is not the catalog's {entry.Name} ({file.Length:N0} bytes; expected are {entry.ByteCount:N0} ") +
                $"with SHA-256 {entry.Sha256[..8]}...): " +
                "delete it to download it again, or rename it and give its path to use it as it is.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }

    private async Task DownloadAsync(
        CorpusEntry entry, string path, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        AtomicFile file;
        try
        {
            Directory.CreateDirectory(Folder);
            file = new AtomicFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException(
                $"'{entry.Name}' cannot be saved to {Folder} ({exception.Message.TrimEnd('.')}): " +
                $"set {UserFolders.DownloadsVariable} to a folder that is writable, " +
                $"or get {entry.Uri} in another way and give its path.", exception);
        }

        using (file)
        {
            await ReceiveAsync(entry, file, progress, cancellationToken).ConfigureAwait(false);
            file.Commit();
        }
    }

    /// <summary>Writes what an entry's address holds to a file, and verifies it.</summary>
    private async Task ReceiveAsync(
        CorpusEntry entry, AtomicFile file, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        string byHand = $"get it in another way and put it at {file.Path}";
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(LongestSilence);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, entry.Uri);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("aphorist", null));
            HttpClient client = options.HttpHandler is { } handler ? new HttpClient(handler, disposeHandler: false) : Network;
            using HttpResponseMessage response =
                await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new CorpusException($"'{entry.Name}' cannot be downloaded: {entry.Uri} answers {(int)response.StatusCode} " +
                    $"({response.StatusCode}). Try later, or {byHand}.");
            }

            using Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] block = new byte[BlockLength];
            long length = 0;
            // One byte too many is enough to know that this is another file.
            while (length <= entry.ByteCount)
            {
                silence.CancelAfter(LongestSilence);
                int count = await body.ReadAsync(block, silence.Token).ConfigureAwait(false);
                if (count == 0) break;
                file.Write(block.AsSpan(0, count));
                hash.AppendData(block, 0, count);
                length += count;
                progress?.Report(new(CorpusStage.Download, entry.Name, Math.Min(length, entry.ByteCount), entry.ByteCount));
            }

            if (length < entry.ByteCount) throw Interrupted("the connection ended early", null);
            if (length == entry.ByteCount && Convert.ToHexStringLower(hash.GetHashAndReset()) == entry.Sha256) return;
            throw new CorpusException($"What {entry.Uri} holds now is not the {entry.Name} of the catalog " +
                FormattableString.Invariant($"({entry.ByteCount:N0} bytes, SHA-256 {entry.Sha256[..8]}...): try again, or {byHand}."));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Interrupted(FormattableString.Invariant($"nothing arrived for {LongestSilence.TotalSeconds:F0} seconds"), exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            string reason = exception is HttpRequestException { InnerException: { } inner } ? inner.Message : exception.Message;
            throw Interrupted(reason, exception);
        }

        CorpusException Interrupted(string reason, Exception? exception) =>
            new($"'{entry.Name}' could not be downloaded from {entry.Uri} ({reason.TrimEnd('.')}): " +
                $"check the network and try again, or {byHand}.", exception);
    }
}
