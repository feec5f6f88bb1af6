using System.Text.Json;
using Aphorist.LoadTest;
using Xunit;

namespace Aphorist.Server.Tests.Clients;

/// <summary>Requests for completions over connections that a test controls byte by byte.</summary>
internal static class Completion
{
    public const string Path = "/v1/completions";

    // Only a defect takes this long.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static Task<HttpConnection> ConnectAsync(this RunningServer server, int? receiveBuffer = null) =>
        HttpConnection.ConnectAsync(server.Address, receiveBuffer, TestContext.Current.CancellationToken);

    /// <summary>The bytes of a request.</summary>
    public static byte[] Request(this RunningServer server, object fields) =>
        HttpConnection.Post(server.Address, Path, JsonSerializer.Serialize(fields));

    /// <summary>The bytes of a request for a text without an end.</summary>
    public static byte[] EndlessRequest(this RunningServer server, bool stream = true, int n = 1) =>
        server.Request(new { prompt = "the cat", max_tokens = 10_000_000, stream, n });

    /// <summary>Reads a response and returns its status and its texts, in the order of their indices.</summary>
    public static async Task<(int Status, string[] Texts)> ReadAsync(this HttpConnection connection)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        ResponseHead head = await connection.ReadHeadAsync(deadline.Token);
        string body = await connection.ReadTextAsync(deadline.Token);
        if (head.Status != 200) return (head.Status, [Message(body)]);
        if (head.Header("Content-Type")?.StartsWith("text/event-stream", StringComparison.Ordinal) != true) return (200, Texts([body]));
        const string start = "data: ";
        string[] frames =
            [.. body.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal)).Select(line => line[start.Length..])];
        Assert.Equal("[DONE]", frames[^1]);
        return (200, Texts(frames[..^1]));
    }

    private static string[] Texts(IEnumerable<string> objects)
    {
        SortedDictionary<int, string> texts = [];
        foreach (string json in objects)
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (JsonElement choice in document.RootElement.GetProperty("choices").EnumerateArray())
            {
                int index = choice.GetProperty("index").GetInt32();
                texts[index] = texts.GetValueOrDefault(index, "") + choice.GetProperty("text").GetString();
            }
        }

        return [.. texts.Values];
    }

    private static string Message(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("error").GetProperty("message").GetString()!;
    }
}
