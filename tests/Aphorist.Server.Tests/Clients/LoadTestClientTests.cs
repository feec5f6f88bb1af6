using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aphorist.LoadTest;
using Xunit;

namespace Aphorist.Server.Tests.Clients;

/// <summary>The HTTP client of bench/Aphorist.LoadTest, which measures the server and which other tests misuse.</summary>
public sealed class LoadTestClientTests
{
    private static readonly string[] Texts = ["the \"text\": \\ ", "café\n", "\u2028", "🦊 fox", "", "\t{\"text\":\"no\"}", "猫"];

    [Fact]
    public void EventCounter_PartsOfAnySize_CountsCodePoints()
    {
        foreach (JsonSerializerOptions escapes in new[]
        {
            JsonSerializerOptions.Default,
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping },
        })
        {
            byte[] stream = Encoding.UTF8.GetBytes(
                string.Concat(Texts.Select((text, index) => $"data: {Frame(text, index, escapes)}\n\n")) + "data: [DONE]\n\n");
            for (int size = 1; size <= stream.Length; size++)
            {
                EventCounter events = new();
                foreach (byte[] part in stream.Chunk(size)) events.Read(part);
                Assert.Equal(
                    (Texts.Sum(text => (long)text.EnumerateRunes().Count()), Texts.Length - 1, 1, true, null),
                    (events.Characters, events.Frames, events.Finished, events.Done, events.Error));
            }
        }

        static string Frame(string text, int index, JsonSerializerOptions options) => JsonSerializer.Serialize(
            new { id = "cmpl-1", choices = new[] { new { index = 0, text, finish_reason = index == Texts.Length - 1 ? "length" : null } } },
            options);
    }

    [Fact]
    public void EventCounter_Error_KeepsIt()
    {
        EventCounter events = new();
        events.Read("data: {\"error\":{\"message\":\"no\"}}\r\n\r\n"u8);
        Assert.Equal((0, false, "{\"error\":{\"message\":\"no\"}}"), (events.Frames, events.Done, events.Error));
    }

    [Fact]
    public async Task HttpConnection_ResponsesInPiecesOfAnySize_ReadsThem()
    {
        byte[] responses = Encoding.ASCII.GetBytes(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n" +
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\nContent-Length: 4\r\n\r\nbusy" +
            "HTTP/1.1 204 No Content\r\n\r\n");
        foreach (int size in new[] { 1, 2, 3, 7, 50, responses.Length })
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            Task serving = ServeAsync(listener, responses, size);
            using HttpConnection connection = await HttpConnection.ConnectAsync(
                new Uri($"http://{listener.LocalEndpoint}"), null, TestContext.Current.CancellationToken);
            foreach ((int status, string? wait, string text) in new[] { (200, null, "hello, world"), (429, "3", "busy"), (204, null, "") })
            {
                ResponseHead head = await connection.ReadHeadAsync(TestContext.Current.CancellationToken);
                Assert.Equal((status, wait), (head.Status, head.Header("Retry-After")));
                Assert.Equal(text, await connection.ReadTextAsync(TestContext.Current.CancellationToken));
            }

            await serving;
            await Assert.ThrowsAsync<IOException>(async () => await connection.ReadHeadAsync(TestContext.Current.CancellationToken));
        }

        static async Task ServeAsync(TcpListener listener, byte[] responses, int size)
        {
            using Socket socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            socket.NoDelay = true;
            foreach (byte[] piece in responses.Chunk(size)) await socket.SendAsync(piece, TestContext.Current.CancellationToken);
            socket.Shutdown(SocketShutdown.Send);
        }
    }
}
