using System.Security.Cryptography;

namespace Aphorist.Text.Catalog;

/// <summary>
/// One download into a <c>.part</c> file beside its destination. The file is locked while the download lives, stays when it is interrupted so
/// that the next one goes on from there, and is renamed into place once it is whole and verified.
/// </summary>
internal sealed class CorpusDownload : IDisposable
{
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
        catch (IOException exception) when (CorpusErrors.IsHeldByAnother(exception))
        {
            return null;
        }
    }

    /// <summary>Downloads what is missing, verifies the whole, and renames it into place.</summary>
    public async Task CompleteAsync(HttpClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        bool resumed = part.Length > 0;
        if (part.Length > entry.ByteCount) part.SetLength(0);
        if (part.Length < entry.ByteCount)
            await new CorpusTransfer(entry, part, ByHand).ReceiveAsync(client, progress, cancellationToken).ConfigureAwait(false);
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
            throw new CorpusException(FormattableString.Invariant($"What {entry.Uri} holds now ({length:N0} bytes) is not the {entry.Name} of the catalogue ") +
                FormattableString.Invariant($"({entry.ByteCount:N0} bytes, SHA-256 {entry.Sha256[..8]}...): try once more, or {ByHand}."));
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
        catch (IOException exception) when (exception is FileNotFoundException || CorpusErrors.IsHeldByAnother(exception))
        {
            // Another download took the whole file between these two lines, and moves it.
        }
    }
}
