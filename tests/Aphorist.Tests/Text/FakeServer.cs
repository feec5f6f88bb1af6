using System.Net;

namespace Aphorist.Tests.Text;

/// <summary>A web server in memory with one file.</summary>
internal sealed class FakeServer(byte[] file) : HttpMessageHandler
{
    /// <summary>The number of bytes after which the connection ends.</summary>
    public int EndsAfter { get; set; } = int.MaxValue;

    /// <summary>The status of every response, instead of the file.</summary>
    public HttpStatusCode? Refuses { get; set; }

    /// <summary>Whether there is no network.</summary>
    public bool IsOffline { get; set; }

    /// <summary>Called before each read of a response's body.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>The number of requests so far.</summary>
    public int Requests => requests;

    private int requests;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (IsOffline) throw new HttpRequestException("Error", new System.Net.Sockets.SocketException(11001, "Name or service not known"));
        Interlocked.Increment(ref requests);
        if (Refuses is { } status) return new(status);
        return new(HttpStatusCode.OK) { Content = new StreamContent(new Body(file[..Math.Min(file.Length, EndsAfter)], BeforeRead)) };
    }

    /// <summary>Returns at most a thousand bytes at a time.</summary>
    private sealed class Body(byte[] bytes, Action? beforeRead) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            beforeRead?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 1000)], cancellationToken);
        }
    }
}
