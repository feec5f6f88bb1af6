using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Aphorist.Text;

/// <summary>
/// One download into a <c>.part</c> file beside its destination. The file is locked while the download lives, stays when it is interrupted so
/// that the next one goes on from there, and is renamed into place once it is whole and verified.
/// </summary>
internal sealed class CorpusDownload : IDisposable
{
    private const int BlockLength = 81920;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    private readonly CorpusEntry entry;
    private readonly string path;
    private readonly FileStream part;

    private CorpusDownload(CorpusEntry entry, string path, FileStream part) => (this.entry, this.path, this.part) = (entry, path, part);

    private string PartPath => path + ".part";

    private string ByHand => $"get it in another way and put it at {path}";

    /// <summary>Takes the <c>.part</c> file, or returns null while another download has it.</summary>
    public static CorpusDownload? TryBegin(CorpusEntry entry, string path)
    {
        try
        {
            return new(entry, path, new FileStream(path + ".part", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (IsHeldByAnother(exception))
        {
            return null;
        }
    }

    /// <summary>Downloads what is missing, verifies the whole, and renames it into place.</summary>
    public async Task CompleteAsync(HttpClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        bool resumed = part.Length > 0;
        if (part.Length > entry.ByteCount) part.SetLength(0);
        if (part.Length < entry.ByteCount) await ReceiveAsync(client, progress, cancellationToken).ConfigureAwait(false);
        if (await IsWholeAsync(cancellationToken).ConfigureAwait(false)) MoveIntoPlace();
        else if (resumed)
        {
            // The beginning may have been another file's; from the start it gets one more chance.
            part.SetLength(0);
            await CompleteAsync(client, progress, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            long length = part.Length;
            Discard();
            throw new CorpusException($"What {entry.Address} holds now ({length:N0} bytes) is not the {entry.Name} of the catalogue " +
                $"({entry.ByteCount:N0} bytes, SHA-256 {entry.Sha256[..8]}...): try once more, or {ByHand}.");
        }
    }

    /// <summary>Gives up and deletes what has come.</summary>
    public void Discard()
    {
        part.Dispose();
        File.Delete(PartPath);
    }

    /// <summary>Lets go of the file, and keeps it if anything has come.</summary>
    public void Dispose()
    {
        if (!part.CanRead) return; // Moved or discarded already.
        if (part.Length == 0) Discard();
        else part.Dispose();
    }

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldByAnother(IOException exception) => exception.HResult is unchecked((int)0x80070020) or 11 or 35;

    private async Task ReceiveAsync(HttpClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(LongestSilence);
        try
        {
            using HttpResponseMessage response = await RequestAsync(client, silence.Token).ConfigureAwait(false);
            using Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            await CopyAsync(body, progress, silence).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Interrupted($"nothing came for {LongestSilence.TotalSeconds:F0} seconds", exception);
        }
        catch (HttpRequestException exception)
        {
            throw Interrupted(exception.InnerException?.Message ?? exception.Message, exception);
        }
        catch (IOException exception)
        {
            throw Interrupted(exception.Message, exception);
        }
        if (part.Length < entry.ByteCount) throw Interrupted("the connection ended early", null);
    }

    /// <summary>Asks for what is missing, and makes the file as long as the place where the answer starts.</summary>
    private async Task<HttpResponseMessage> RequestAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, entry.Address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("aphorist", null));
        if (part.Length > 0) request.Headers.Range = new RangeHeaderValue(part.Length, null);
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && part.Length > 0)
        {
            response.Dispose();
            part.SetLength(0);
            return await RequestAsync(client, cancellationToken).ConfigureAwait(false);
        }
        if (!response.IsSuccessStatusCode)
        {
            HttpStatusCode status = response.StatusCode;
            response.Dispose();
            throw new CorpusException($"'{entry.Name}' cannot be downloaded: {entry.Address} answers {(int)status} ({status}); try later, or {ByHand}.");
        }
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == part.Length;
        if (!goesOn) part.SetLength(0);
        part.Position = part.Length;
        return response;
    }

    private async Task CopyAsync(Stream body, IProgress<DownloadProgress>? progress, CancellationTokenSource silence)
    {
        byte[] block = new byte[BlockLength];
        // One byte too many is enough to know that this is another file.
        while (part.Length <= entry.ByteCount)
        {
            silence.CancelAfter(LongestSilence);
            int count = await body.ReadAsync(block, silence.Token).ConfigureAwait(false);
            if (count == 0) break;
            await part.WriteAsync(block.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
            progress?.Report(new(entry.Name, part.Length, entry.ByteCount));
        }
        await part.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        if (part.Length != entry.ByteCount) return false;
        part.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancellationToken).ConfigureAwait(false)) == entry.Sha256;
    }

    private void MoveIntoPlace()
    {
        part.Flush(flushToDisk: true);
        part.Dispose();
        try
        {
            File.Move(PartPath, path, overwrite: true);
        }
        catch (IOException exception) when (exception is FileNotFoundException || IsHeldByAnother(exception))
        {
            // Another download took the whole file between these two lines, and moves it.
        }
    }

    private CorpusException Interrupted(string reason, Exception? exception) => new(
        $"'{entry.Name}' could not be downloaded from {entry.Address} ({reason.TrimEnd('.')}): " +
        (part.Length > 0 ? $"{part.Length:N0} of {entry.ByteCount:N0} bytes are kept, so try again to go on from there, or {ByHand}."
            : $"try again with a network, or {ByHand}."), exception);
}
