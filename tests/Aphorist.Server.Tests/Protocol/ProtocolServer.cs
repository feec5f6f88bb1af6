using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aphorist.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(Aphorist.Server.Tests.Protocol.ProtocolServers))]

namespace Aphorist.Server.Tests.Protocol;

/// <summary>Servers of small untrained models, for all tests of the protocol.</summary>
public sealed class ProtocolServers : IAsyncLifetime
{
    /// <summary>The most tokens of a text.</summary>
    internal const int MaxTokens = 5000;

    /// <summary>The most texts of a request.</summary>
    internal const int MaxQueue = 300;

    internal const int MaxRequestBytes = 100_000;

    private readonly TemporaryFolder folder = new();

    /// <summary>A model of characters, with some that take two to four bytes of UTF-8.</summary>
    internal ProtocolServer Letters { get; private set; } = null!;

    /// <summary>A model of bytes.</summary>
    internal ProtocolServer Bytes { get; private set; } = null!;

    /// <summary>A model of words.</summary>
    internal ProtocolServer Words { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Letters = await StartAsync("letters", CharacterTokenizer.FromCharacters("abcdefghijklmnopqrstuvwxyz ABC.,\n\"\\é漢😀"));
        Bytes = await StartAsync("bytes", new ByteTokenizer());
        Words = await StartAsync("words", WordTokenizer.FromTokens(["\uFFFD", "the", " cat", " sat", ".", " ", "\n", "cat", "sat"]));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ProtocolServer server in new[] { Letters, Bytes, Words }) await server.DisposeAsync();
        folder.Dispose();
    }

    private async Task<ProtocolServer> StartAsync(string name, Tokenizer tokenizer)
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 16, Window = 20 }, tokenizer, seed: 3);
        string path = folder[$"{name}.safetensors"];
        model.Save(path);
        return new(model, await RunningServer.StartAsync(options =>
        {
            options.Models.Add(path);
            (options.MaxTokens, options.MaxQueue, options.MaxRequestBytes) = (MaxTokens, MaxQueue, MaxRequestBytes);
        }));
    }
}

/// <summary>A server of one model.</summary>
internal sealed class ProtocolServer(LanguageModel model, RunningServer server) : IAsyncDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TextGenerator Generator { get; } = new(model);

    public Tokenizer Tokenizer => model.Tokenizer;

    public RunningServer Server => server;

    public HttpClient Client => server.Client;

    /// <summary>The text that a request must get.</summary>
    public string Generate(string prompt, GenerationOptions options) => Generator.Generate(prompt, options, Cancel);

    /// <summary>Sends a request for completions that must succeed.</summary>
    public async Task<JsonNode> CompleteAsync(string body) => (await PostAsync("v1/completions", body)).Expect(200);

    /// <summary>Sends a request for chat completions that must succeed.</summary>
    public async Task<JsonNode> ChatAsync(string body) => (await PostAsync("v1/chat/completions", body)).Expect(200);

    public Task<ApiAnswer> PostAsync(string path, string body) => PostAsync(path, Encoding.UTF8.GetBytes(body));

    public async Task<ApiAnswer> PostAsync(string path, byte[] body, string? contentType = "application/json")
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = content };
        return await SendAsync(request);
    }

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await Client.SendAsync(request, Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return new((int)response.StatusCode, JsonNode.Parse(text)!, response.Headers.ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Sends a request whose answer must be a complete stream, and returns its frames.</summary>
    public async Task<IReadOnlyList<JsonNode>> StreamAsync(string path, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        string[] frames = text.Split("\n\n");
        Assert.Equal(["data: [DONE]", ""], frames[^2..]);
        return [.. frames[..^2].Select(frame =>
        {
            Assert.StartsWith("data: ", frame, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', frame);
            return JsonNode.Parse(frame["data: ".Length..])!;
        })];
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>An answer that is one JSON object.</summary>
internal sealed record ApiAnswer(int Status, JsonNode Json, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Expect(int status)
    {
        Assert.True(Status == status, $"Status {Status}: {Json.ToJsonString()}");
        return Json;
    }

    /// <summary>Checks that the answer is an error in OpenAI's form, and returns its message.</summary>
    public string ExpectError(int status, string? parameter = null, string? code = null)
    {
        JsonObject error = Expect(status)["error"]!.AsObject();
        Assert.Equal(["message", "type", "param", "code"], error.Select(field => field.Key));
        Assert.Equal((parameter, code), ((string?)error["param"], (string?)error["code"]));
        Assert.NotEmpty((string)error["type"]!);
        return (string)error["message"]!;
    }
}

/// <summary>Reads parts of answers.</summary>
internal static class ApiAnswers
{
    public static string Text(this JsonNode answer, int choice = 0) => (string)answer["choices"]![choice]!["text"]!;

    public static string[] Texts(this JsonNode answer) => [.. answer["choices"]!.AsArray().Select(choice => (string)choice!["text"]!)];

    public static string Content(this JsonNode answer) => (string)answer["choices"]![0]!["message"]!["content"]!;

    public static string FinishReason(this JsonNode answer, int choice = 0) => (string)answer["choices"]![choice]!["finish_reason"]!;

    public static (int Prompt, int Completion, int Total) Usage(this JsonNode answer) => (
        (int)answer["usage"]!["prompt_tokens"]!, (int)answer["usage"]!["completion_tokens"]!, (int)answer["usage"]!["total_tokens"]!);

    /// <summary>The texts of the choices of a stream of completions.</summary>
    public static string[] Texts(this IReadOnlyList<JsonNode> frames) => [.. frames
        .Where(frame => frame["choices"]!.AsArray().Count > 0)
        .GroupBy(frame => (int)frame["choices"]![0]!["index"]!)
        .OrderBy(choice => choice.Key)
        .Select(choice => string.Concat(choice.Select(frame => frame.Text())))];

    /// <summary>A list in the log-probabilities of a choice.</summary>
    public static JsonNode?[] Logprobs(this JsonNode answer, string list, int choice = 0) =>
        [.. answer["choices"]![choice]!["logprobs"]![list]!.AsArray()];

    /// <summary>A list in the log-probabilities of all frames of a stream.</summary>
    public static JsonNode?[] Logprobs(this IReadOnlyList<JsonNode> frames, string list) =>
        [.. frames.Where(frame => frame["choices"]![0]!["logprobs"] is not null).SelectMany(frame => frame.Logprobs(list))];
}
