using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Aphorist.Server.Protocol;

/// <summary>Reads the body of an HTTP request.</summary>
internal static class RequestBody
{
    // Smaller bodies are not counted: there are not more of them than connections.
    private const int UncountedBytes = 64 << 10;

    /// <summary>Reads a request for texts.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">The endpoint.</param>
    /// <param name="limits">The limits of the server.</param>
    /// <param name="share">The request's share of the bytes of all bodies. It grows while the body arrives.</param>
    /// <exception cref="ApiException">The body is too large, is not JSON, or has a field that is wrong.</exception>
    public static async Task<TextRequest> ReadAsync(
        HttpContext context, RequestKinds kind, AphoristServerOptions limits, Budget.Share share)
    {
        CheckEncoding(context.Request);
        byte[] body = await ReadBytesAsync(context, limits.MaxRequestBytes, share);
        TextRequest request = new(kind, limits);
        using JsonDocument json = Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw new ApiException(400, "The body is not a JSON object. Send one, such as {\"prompt\": \"The\"}.");
        request.Read(new FieldValue(json.RootElement, ""));
        return request;
    }

    private static void CheckEncoding(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
            throw new ApiException(415, "The body is compressed. Send it without Content-Encoding.");
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) && type.Charset.HasValue
            && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(415, "The body must be encoded as UTF-8. Send the header: Content-Type: application/json");
    }

    private static async Task<byte[]> ReadBytesAsync(HttpContext context, long limit, Budget.Share share)
    {
        PipeReader reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult result = await reader.ReadAsync(context.RequestAborted);
            ReadOnlySequence<byte> body = result.Buffer;
            SequencePosition consumed = body.End;
            try
            {
                if (body.Length > limit)
                    throw new ApiException(413, $"The request body is too large. At most {limit} bytes are allowed.");
                share.GrowTo(body.Length - UncountedBytes);
                if (result.IsCompleted) return body.ToArray();
                // The pipe keeps it until the body is complete.
                consumed = body.Start;
            }
            finally
            {
                // Also after an error: the connection would have to be closed otherwise.
                reader.AdvanceTo(consumed, body.End);
            }
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        // Windows tools start files with a byte order mark.
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        if (body.IsEmpty) throw new ApiException(400, "The body is empty. Send a JSON object.");
        if (!Utf8.IsValid(body.Span))
            throw new ApiException(400, $"The body is not valid UTF-8: see byte {FirstInvalid(body.Span) + 1}.");
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException exception)
        {
            throw new ApiException(
                400, $"The body is not valid JSON: see line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[position..], out _, out int length) == OperationStatus.Done) position += length;
        return position;
    }
}
