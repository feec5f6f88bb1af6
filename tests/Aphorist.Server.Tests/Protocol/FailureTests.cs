using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json.Nodes;
using Aphorist.Server.Endpoints;
using Aphorist.Server.Protocol;
using Aphorist.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
        IReadOnlyList<ScheduledText> texts = lease.Scheduler.Submit([.. Enumerable.Repeat(endless, lease.Scheduler.Slots + 20)]);
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
    public async Task Client_ThatLeaves_IsCountedAndCostsNoException()
    {
        model.Save(folder["leaving.safetensors"]);
        await using RunningServer other = await RunningServer.StartAsync(options =>
        {
            options.Models.Add(folder["leaving.safetensors"]);
            options.MaxTokens = int.MaxValue;
        });
        int exceptions = 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        foreach ((string body, bool isStreamed) in new[] { (Endless, false), (EndlessStream, true) })
        {
            using TcpClient client = new();
            await client.ConnectAsync(other.Address.Host, other.Address.Port, Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"), Cancel);
            if (isStreamed) await client.GetStream().ReadExactlyAsync(new byte[1000], Cancel);
            else await Eventually.TextsAsync(other, scheduler => scheduler.RunningTexts > 0);
            client.Close();
            await Eventually.IdleAsync(other);
        }

        string page = "";
        await Eventually.TrueAsync(
            async () =>
            {
                page = await other.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancel);
                return page.Contains(
                    """aphorist_requests_total{endpoint="completions",model="leaving",status="499"} 2""", StringComparison.Ordinal);
            },
            () => page);
        AppDomain.CurrentDomain.FirstChanceException -= Count;
        Assert.Equal(0, exceptions);
        Budget budget = other.Services.GetRequiredService<TextEndpoint>().Logprobs;
        Assert.Equal(8_000_000, budget.Available);

        // Other tests run in this process.
        void Count(object? sender, FirstChanceExceptionEventArgs first)
        {
            bool isOfTexts = first.Exception is OperationCanceledException
                && Environment.StackTrace.Contains("ReadAllAsync", StringComparison.Ordinal);
            if (isOfTexts) Interlocked.Increment(ref exceptions);
        }
    }

    [Fact]
    public async Task Body_WhileOthersUseTheMemory_MayComeAgain()
    {
        Budget budget = server.Server.Services.GetRequiredService<TextEndpoint>().Bodies;
        long all = budget.Available;
        Assert.Equal(256 << 20, all);
        string small = Request(60_000), large = Request(70_000);
        using (Budget.Share others = budget.Open())
        {
            others.GrowTo(all - 1000);
            ApiAnswer answer = await server.PostAsync("v1/completions", large);
            Assert.Contains("large bodies", answer.ExpectError(429, null, "server_busy"), StringComparison.Ordinal);
            Assert.Equal("1", answer.Headers["Retry-After"]);
            await server.CompleteAsync(small);
        }

        await server.CompleteAsync(large);
        Assert.Equal(all, budget.Available);

        static string Request(int length) => $$"""{"prompt": "{{new string('a', length)}}", "max_tokens": 1}""";
    }

    [Fact]
    public async Task Body_ThatArrivesSlowly_CountsUntilItsClientLeaves()
    {
        using Warnings warnings = new();
        await using RunningServer other = await RunningServer.StartAsync(
            options => options.Models.Add(folder["abc.safetensors"]), builder => builder.Logging.AddProvider(warnings));
        Budget budget = other.Services.GetRequiredService<TextEndpoint>().Bodies;
        long all = budget.Available;
        using (TcpClient client = new())
        {
            await client.ConnectAsync(other.Address.Host, other.Address.Port, Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 4000000\r\n\r\n" + new string(' ', 1_000_000)), Cancel);
            await Eventually.TrueAsync(
                () => Task.FromResult(all - budget.Available == 1_000_000 - (64 << 10)), () => $"{all - budget.Available} bytes count.");
        }

        await Eventually.TrueAsync(() => Task.FromResult(budget.Available == all), () => $"{all - budget.Available} bytes count.");
        // Ends the connections, which could fail.
        await other.StopAsync();
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task Logprobs_WhileOthersUseTheMemory_MayComeAgain()
    {
        const string Few = """{"max_tokens": 400, "logprobs": 2}""", Many = """{"max_tokens": 4000, "logprobs": 2}""";
        const string Stream = """{"max_tokens": 4000, "logprobs": 2, "stream": true}""";
        Budget budget = server.Server.Services.GetRequiredService<TextEndpoint>().Logprobs;
        long all = budget.Available;
        using (Budget.Share others = budget.Open())
        {
            others.GrowTo(all - 5000);
            ApiAnswer answer = await server.PostAsync("v1/completions", Many);
            Assert.Contains("log-probabilities", answer.ExpectError(429, null, "server_busy"), StringComparison.Ordinal);
            Assert.Equal("1", answer.Headers["Retry-After"]);
            await server.CompleteAsync(Few);
            // A stream keeps only what is not sent.
            await server.StreamAsync("v1/completions", Stream);
            others.GrowTo(all - 1000);
            (await server.PostAsync("v1/completions", Stream)).ExpectError(429, null, "server_busy");
            await server.CompleteAsync("""{"max_tokens": 4000}""");
        }

        await server.CompleteAsync(Many);
        Assert.Equal(all, budget.Available);
    }

    [Fact]
    public void Budget_OfManyThreads_IsNeverExceeded()
    {
        Budget budget = new(1000, "Wait.");
        Parallel.For(0, 10_000, i =>
        {
            using Budget.Share share = budget.Open();
            try
            {
                share.GrowTo(200);
                share.GrowTo(100);
                share.GrowTo(400 + (i % 3));
            }
            catch (ApiException)
            {
                // Others have it.
            }

            Assert.InRange(budget.Available, 0, 1000);
        });
        Assert.Equal(1000, budget.Available);
        using Budget.Share whole = budget.Open();
        whole.GrowTo(1000);
        Assert.Equal(429, Assert.Throws<ApiException>(() => whole.GrowTo(1001)).Status);
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

    private sealed class Warnings : ConcurrentQueue<string>, ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose() { }
    }
}
