using System.Text;
using System.Text.Json.Nodes;
using Aphorist.Server.Models;
using Aphorist.Server.Protocol;
using Aphorist.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

/// <summary>Requests that are correct and fail nevertheless.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private const string Endless = """{"prompt": "a", "max_tokens": 2000000000}""";
    private const string EndlessStream = """{"prompt": "a", "max_tokens": 2000000000, "stream": true}""";

    private readonly TemporaryFolder folder = new();
    private readonly LanguageModel model = LanguageModel.Create(new() { HiddenSize = 8 }, CharacterTokenizer.FromCharacters("abc"));
    private ProtocolServer server = null!;
    private ModelLease lease = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        model.Save(folder["abc.safetensors"]);
        server = await StartAsync(TimeSpan.FromMinutes(10));
        lease = await server.Server.Services.GetRequiredService<ModelStore>().OpenAsync("abc", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        lease.Dispose();
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Request_WithAFullQueue_IsRefusedAndMayComeAgain()
    {
        GenerationRequest endless = new() { Options = new() { MaxTokens = null } };
        IReadOnlyList<ScheduledText> texts = lease.Scheduler.Submit([.. Enumerable.Repeat(endless, lease.Scheduler.Places + 20)]);
        foreach (string body in new[] { Endless, EndlessStream })
        {
            ApiAnswer answer = await server.PostAsync("v1/completions", body);
            Assert.Contains("queue is full", answer.ExpectError(429, null, "queue_full"), StringComparison.Ordinal);
            Assert.Equal(("1", "rate_limit_error"), (answer.Headers["Retry-After"], (string?)answer.Json["error"]!["type"]));
        }

        foreach (ScheduledText text in texts) text.Dispose();
        await Eventually.IdleAsync(server.Server);
        await server.CompleteAsync("""{"prompt": "a"}""");
    }

    [Fact]
    public async Task Request_OfAStoppedScheduler_MayComeAgain()
    {
        await lease.Scheduler.StopAsync(TimeSpan.Zero);
        ApiAnswer answer = await server.PostAsync("v1/completions", Endless);
        answer.ExpectError(503, null, "server_stopping");
        Assert.Equal("1", answer.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Request_WhileTheServerStops_MayComeAgain()
    {
        await server.Server.Services.GetRequiredService<ModelStore>().StoppingAsync(Cancel);
        ApiAnswer answer = await server.PostAsync("v1/completions", Endless);
        answer.ExpectError(503, null, "server_stopping");
        Assert.Equal("1", answer.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Request_WhenTheSchedulerStops_IsAnsweredWithAnError()
    {
        Task<ApiAnswer> request = server.PostAsync("v1/completions", Endless);
        await Eventually.TextsAsync(server.Server, scheduler => scheduler.RunningTexts > 0);
        await lease.Scheduler.StopAsync(TimeSpan.Zero);
        (await request).ExpectError(503, null, "server_stopping");
    }

    [Fact]
    public async Task Stream_WhenTheSchedulerStops_EndsWithAnError()
    {
        using StringContent content = new(EndlessStream, Encoding.UTF8, "application/json");
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/completions") { Content = content };
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        await lease.Scheduler.StopAsync(TimeSpan.Zero);
        string[] frames = (await response.Content.ReadAsStringAsync(Cancel)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        AssertIsError("server_stopping", frames[^1]);
        Assert.All(frames[..^1], frame => Assert.Contains("\"finish_reason\":null", frame, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_WithoutEnoughTime_IsRefused()
    {
        await using ProtocolServer hurried = await StartAsync(TimeSpan.FromSeconds(0.2));
        (await hurried.PostAsync("v1/completions", Endless)).ExpectError(400, null, "time_limit");
        using StringContent content = new(EndlessStream, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await hurried.Client.PostAsync(new Uri("v1/completions", UriKind.Relative), content, Cancel);
        AssertIsError("time_limit", (await response.Content.ReadAsStringAsync(Cancel)).Split("\n\n")[^2]);
    }

    [Fact]
    public async Task Stream_WhoseClientLeaves_EndsAndDisturbsNoOther()
    {
        Task<IReadOnlyList<JsonNode>> other =
            server.StreamAsync("v1/completions", """{"prompt": "a", "max_tokens": 3000, "seed": 1, "stream": true}""");
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent("""{"max_tokens": 2000000000, "n": 20, "stream": true}""", Encoding.UTF8, "application/json"),
        };
        using (HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel))
        {
            await using Stream stream = await response.Content.ReadAsStreamAsync(Cancel);
            await stream.ReadExactlyAsync(new byte[10], Cancel);
        }

        Assert.Equal([server.Generate("a", new() { MaxTokens = 3000, Seed = 1 })], (await other).Texts());
        await Eventually.IdleAsync(server.Server);
    }

    [Fact]
    public async Task Handler_ThatFails_IsAnsweredWithoutInternals()
    {
        (int status, string body) = await HandleAsync(_ => throw new InvalidOperationException("a secret"));
        Assert.Equal(500, status);
        Assert.Equal("internal_error", (string?)JsonNode.Parse(body)!["error"]!["code"]);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(415)]
    [InlineData(400)]
    public async Task Handler_ThatOnlySetsAStatus_IsAnsweredWithAnError(int status)
    {
        (int actual, string body) = await HandleAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal(status, actual);
        Assert.NotEmpty((string)JsonNode.Parse(body)!["error"]!["message"]!);
    }

    [Fact]
    public async Task Handler_WhoseClientHasLeft_AnswersNothing()
    {
        (int status, string body) = await HandleAsync(context =>
        {
            context.RequestAborted = new CancellationToken(canceled: true);
            throw new OperationCanceledException();
        });
        Assert.Equal((499, ""), (status, body));
    }

    private static void AssertIsError(string code, string frame)
    {
        Assert.StartsWith("data: {\"error\":{", frame, StringComparison.Ordinal);
        Assert.Equal(code, (string?)JsonNode.Parse(frame["data: ".Length..])!["error"]!["code"]);
    }

    private static async Task<(int Status, string Body)> HandleAsync(RequestDelegate answer)
    {
        using MemoryStream body = new();
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        DefaultHttpContext context = new() { RequestServices = services, Response = { Body = body } };
        await ErrorResponse.HandleAsync(context, answer);
        await context.Response.BodyWriter.FlushAsync(Cancel);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }

    private async Task<ProtocolServer> StartAsync(TimeSpan timeout) => new(model, await RunningServer.StartAsync(options =>
    {
        options.Models.Add(folder["abc.safetensors"]);
        (options.MaxTokens, options.MaxQueue, options.RequestTimeout) = (int.MaxValue, 20, timeout);
    }));
}
