using System.Net;
using System.Net.Http.Headers;

namespace Aphorist.Text.Catalog;

/// <summary>Fetches from an entry's address what a file lacks of it; a server that cannot answer for a part sends the whole again.</summary>
/// <param name="entry">The entry.</param>
/// <param name="part">The file, as far as it has come.</param>
/// <param name="byHand">What the user can do instead, for the errors.</param>
internal sealed class CorpusTransfer(CorpusEntry entry, FileStream part, string byHand)
{
    private const int BlockLength = 81920;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <summary>Appends what the file lacks.</summary>
    /// <exception cref="CorpusException">It did not come, or not all of it.</exception>
    public async Task ReceiveAsync(HttpClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
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
            throw Interrupted(FormattableString.Invariant($"nothing came for {LongestSilence.TotalSeconds:F0} seconds"), exception);
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
        using HttpRequestMessage request = new(HttpMethod.Get, entry.Uri);
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
            throw new CorpusException($"'{entry.Name}' cannot be downloaded: {entry.Uri} answers {(int)status} ({status}); try later, or {byHand}.");
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

    private CorpusException Interrupted(string reason, Exception? exception) => new(
        $"'{entry.Name}' could not be downloaded from {entry.Uri} ({reason.TrimEnd('.')}): " +
        (part.Length > 0 ? FormattableString.Invariant($"{part.Length:N0} of {entry.ByteCount:N0} bytes are kept, so try again to go on from there, or {byHand}.")
            : $"try again with a network, or {byHand}."), exception);
}
