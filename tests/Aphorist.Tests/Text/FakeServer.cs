using System.Net;
using System.Net.Http.Headers;

namespace Aphorist.Tests.Text;

/// <summary>A web server in memory that holds one file.</summary>
internal sealed class FakeServer(byte[] file) : HttpMessageHandler
{
    /// <summary>Whether a request for a part gets that part, or the whole.</summary>
    public bool AnswersRanges { get; init; } = true;

    /// <summary>The connection ends after so many bytes of an answer.</summary>
    public int EndsAfter { get; set; } = int.MaxValue;

    /// <summary>What every request is answered with, instead of the file.</summary>
    public HttpStatusCode? Refuses { get; set; }

    /// <summary>Whether there is no network.</summary>
    public bool IsOffline { get; set; }

    /// <summary>Called before an answer's body is read on.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>Where the requests so far wanted to start.</summary>
    public List<long> Starts { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (IsOffline) throw new HttpRequestException("Error", new System.Net.Sockets.SocketException(11001, "Name or service not known"));
        long start = request.Headers.Range?.Ranges.Single().From ?? 0;
        lock (Starts) Starts.Add(start);
        if (Refuses is { } status) return new(status);
        if (start >= file.Length && AnswersRanges) return new(HttpStatusCode.RequestedRangeNotSatisfiable);
        bool partial = start > 0 && AnswersRanges;
        byte[] body = partial ? file[(int)start..] : file;
        HttpResponseMessage response = new(partial ? HttpStatusCode.PartialContent : HttpStatusCode.OK)
        {
            Content = new StreamContent(new Body(body[..Math.Min(body.Length, EndsAfter)], BeforeRead)),
        };
        if (partial) response.Content.Headers.ContentRange = new ContentRangeHeaderValue(start, file.Length - 1, file.Length);
        return response;
    }

    /// <summary>Hands its bytes out a thousand at a time.</summary>
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
