using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Aphorist.LoadTest;

/// <summary>The first lines of a response.</summary>
/// <param name="Status">The status, such as 200.</param>
/// <param name="Headers">The lines after the first one.</param>
internal sealed record ResponseHead(int Status, string Headers)
{
    /// <summary>The value of a header; null if the response has none of this name.</summary>
    public string? Header(string name) => Headers.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}

/// <summary>
/// An HTTP/1.1 connection with as little work per byte as possible, so that the clients of a load test take little time from the server
/// on the same machine. One request at a time; bodies with a length or in chunks.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int HeadLimit = 64 * 1024;

    private byte[] buffer = new byte[8 * 1024];
    private int start, end;
    private long remaining; // bytes of the body or of the chunk that have not been read
    private bool chunked, betweenChunks;

    private HttpConnection(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Opens a connection.</summary>
    /// <param name="address">The server.</param>
    /// <param name="receiveBuffer">The bytes that the system keeps for a client that does not read; null for the system's default.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<HttpConnection> ConnectAsync(
        Uri address, int? receiveBuffer = null, CancellationToken cancellationToken = default)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer is int bytes) socket.ReceiveBufferSize = bytes;
            await socket.ConnectAsync(new DnsEndPoint(address.Host, address.Port), cancellationToken).ConfigureAwait(false);
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a request with a JSON body.</summary>
    public static byte[] Post(Uri address, string path, string json) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n" +
        $"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    public async ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        while (!request.IsEmpty) request = request[await Socket.SendAsync(request, cancellationToken).ConfigureAwait(false)..];
    }

    /// <summary>Reads the first lines of the next response.</summary>
    /// <exception cref="IOException">The server closed the connection, or answered something else than HTTP.</exception>
    public async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken cancellationToken = default)
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0)
            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        string head = Encoding.Latin1.GetString(buffer, start, length);
        start += length + 4;
        int firstLine = head.IndexOf("\r\n", StringComparison.Ordinal);
        string[] words = (firstLine < 0 ? head : head[..firstLine]).Split(' ');
        if (words.Length < 2 || !int.TryParse(words[1], out int status)) throw new IOException($"'{head}' is not a response.");
        ResponseHead result = new(status, firstLine < 0 ? "" : head[(firstLine + 2)..]);
        chunked = result.Header("Transfer-Encoding") == "chunked";
        betweenChunks = false;
        remaining = !chunked && result.Header("Content-Length") is { } bytes ? long.Parse(bytes) : 0;
        return result;
    }

    /// <summary>Reads the next part of the body. It is valid until the next call; an empty part is the end of the response.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(CancellationToken cancellationToken = default)
    {
        if (remaining == 0 && (!chunked || !await NextChunkAsync(cancellationToken).ConfigureAwait(false))) return default;
        if (start == end) await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        int count = (int)Math.Min(remaining, end - start);
        ReadOnlyMemory<byte> part = buffer.AsMemory(start, count);
        (start, remaining) = (start + count, remaining - count);
        return part;
    }

    /// <summary>Reads the rest of the body.</summary>
    public async Task<string> ReadTextAsync(CancellationToken cancellationToken = default)
    {
        using MemoryStream text = new();
        for (ReadOnlyMemory<byte> part; !(part = await ReadBodyAsync(cancellationToken).ConfigureAwait(false)).IsEmpty;)
            text.Write(part.Span);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>Closes the connection at once, with a reset instead of the usual farewell.</summary>
    public void Abort()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    // Reads the line with the size of a chunk, and the line end of the chunk before. Returns false at the end of the body.
    private async ValueTask<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (betweenChunks) await SkipLineAsync(cancellationToken).ConfigureAwait(false);
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (!Utf8Parser.TryParse(buffer.AsSpan(start, length), out remaining, out int digits, 'x') || digits == 0)
            throw new IOException("The size of a chunk is not a number.");
        start += length + 2;
        betweenChunks = true;
        if (remaining > 0) return true;
        await SkipLineAsync(cancellationToken).ConfigureAwait(false);
        chunked = false;
        return false;
    }

    private async ValueTask SkipLineAsync(CancellationToken cancellationToken)
    {
        while (end - start < 2) await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (!buffer.AsSpan(start, 2).SequenceEqual("\r\n"u8)) throw new IOException("A chunk is longer than its size.");
        start += 2;
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        if (start == end)
        {
            start = end = 0;
        }
        else if (end == buffer.Length)
        {
            if (start == 0 && buffer.Length >= HeadLimit) throw new IOException("A line of the response is too long.");
            byte[] target = start == 0 ? new byte[2 * buffer.Length] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(target);
            (buffer, start, end) = (target, 0, end - start);
        }

        int count = await Socket.ReceiveAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
        if (count == 0) throw new IOException("The server closed the connection.");
        end += count;
    }
}
