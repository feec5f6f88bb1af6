using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aphorist.Server.Security;
using Aphorist.Server.Tests.Models;
using Aphorist.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Aphorist.Server.Tests.Security;

/// <summary>Requests that the guard refuses or lets through, sent to a running server.</summary>
public sealed class RequestGuardTests(TinyModel model) : IAsyncDisposable
{
    private const string Key = "right-key-0123456789", OtherKey = "other-key-0123456789", WrongKey = "wrong-key-0123456789";

    private readonly TemporaryFolder folder = new();
    private readonly ManualTime time = new();
    private RunningServer? server;

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:1234", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("models.example.com", 200)]
    [InlineData("models.example.com:8080", 200)]
    [InlineData("a.wild.example.com", 200)]
    [InlineData("wild.example.com", 400)]
    [InlineData("example.com", 400)]
    [InlineData("evil.com", 400)]
    [InlineData("localhost.evil.com", 400)]
    [InlineData("evil.com:localhost", 400)]
    [InlineData("192.0.2.7", 400)]
    [InlineData("127.0.0.2", 400)]
    [InlineData("", 400)]
    public async Task Request_ToAHost_IsAnsweredIfTheHostIsAllowed(string host, int status)
    {
        await StartAsync(options => options.AllowedHosts = ["models.example.com", "*.wild.example.com"]);
        string answer = await SendRawAsync($"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        if (status == 400 && host.Length > 0 && !host.EndsWith(":localhost", StringComparison.Ordinal))
            Assert.Contains("\"code\":\"host_not_allowed\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ToAnyHost_IsAnsweredIfAllAreAllowed()
    {
        await StartAsync(options => options.AllowedHosts = ["*"]);

        await ExpectAsync(200, Request("v1/models", ("Host", "anything.example")));
    }

    [Theory]
    [InlineData(null, null, 200)]
    [InlineData(null, "none", 200)]
    [InlineData(null, "same-origin", 200)]
    [InlineData(null, "cross-site", 403)]
    [InlineData("https://evil.com", null, 403)]
    [InlineData("https://evil.com", "same-origin", 403)]
    [InlineData("null", null, 403)]
    [InlineData("http://localhost:1", null, 403)]
    [InlineData("https://page.example", "cross-site", 200)]
    [InlineData("https://page.example.evil.com", null, 403)]
    [InlineData("http://page.example", null, 403)]
    public async Task Request_OfAWebPage_IsAnsweredIfItsOriginIsAllowed(string? origin, string? site, int status)
    {
        await StartAsync(options => options.CorsOrigins = ["https://page.example"]);
        using HttpResponseMessage answer = await ExpectAsync(
            status, Request("v1/models", ("Origin", origin), ("Sec-Fetch-Site", site)), status == 403 ? "origin_not_allowed" : null);

        bool isAllowed = origin == "https://page.example";
        Assert.Equal(isAllowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? allowed));
        if (isAllowed) Assert.Equal(origin, Assert.Single(allowed!));
    }

    [Theory]
    [InlineData("localhost", "http://localhost", 200)]
    [InlineData("localhost", "https://localhost", 200)]
    [InlineData("localhost", "http://localhost:3000", 403)]
    [InlineData("localhost:3000", "http://localhost:3000", 200)]
    [InlineData("localhost:3000", "http://localhost", 403)]
    [InlineData("localhost:3000", "http://127.0.0.1:3000", 403)]
    [InlineData("[::1]:3000", "http://[::1]:3000", 200)]
    public async Task Request_OfAPageOfTheServerItself_IsAnswered(string host, string origin, int status)
    {
        await StartAsync(_ => { });

        await ExpectAsync(status, Request("v1/models", ("Host", host), ("Origin", origin)), status == 403 ? "origin_not_allowed" : null);
    }

    [Fact]
    public async Task Preflight_OfAnAllowedOrigin_NeedsNoKey()
    {
        await StartAsync(options => (options.CorsOrigins, options.ApiKeyFile) = (["*"], folder.Write("keys.txt", Key)));
        HttpRequestMessage request = Request(
            "v1/completions", ("Origin", "https://page.example"), ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization,content-type,x-stainless-os"));
        request.Method = HttpMethod.Options;
        using HttpResponseMessage answer = await ExpectAsync(204, request);

        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("authorization,content-type,x-stainless-os", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Preflight_OfAnyOrigin_IsRefusedByDefault()
    {
        await StartAsync(_ => { });
        HttpRequestMessage request = Request(
            "v1/completions", ("Origin", "https://page.example"), ("Access-Control-Request-Method", "POST"));
        request.Method = HttpMethod.Options;

        using HttpResponseMessage answer = await ExpectAsync(403, request, "origin_not_allowed");
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("v1/models", null, 401)]
    [InlineData("v1/models", "Bearer " + WrongKey, 401)]
    [InlineData("v1/models", "Basic " + Key, 401)]
    [InlineData("v1/models", Key, 401)]
    [InlineData("v1/models", "Bearer", 401)]
    [InlineData("v1/models", "Bearer " + Key + "x", 401)]
    [InlineData("v1/models", "Bearer " + Key, 200)]
    [InlineData("v1/models", "bearer  " + OtherKey, 200)]
    [InlineData("nothing", null, 401)]
    [InlineData("nothing", "Bearer " + Key, 404)]
    [InlineData("metrics", null, 401)]
    [InlineData("metrics", "Bearer " + Key, 200)]
    [InlineData("health", null, 200)]
    public async Task Request_WithAKey_IsAnsweredIfTheKeyIsRight(string path, string? authorization, int status)
    {
        await StartAsync(options => options.ApiKeyFile = folder.Write("keys.txt", $"{Key}\n{OtherKey}\n"));
        using HttpResponseMessage answer = await ExpectAsync(
            status, Request(path, ("Authorization", authorization)), status == 401 ? "invalid_api_key" : null);

        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Any(scheme => scheme.Scheme == "Bearer"));
    }

    [Fact]
    public async Task Keys_Rotated_CountForTheNextRequests()
    {
        await StartAsync(options => options.ApiKeyFile = folder.Write("keys.txt", Key));
        folder.Write("keys.txt", $"{OtherKey}\n");
        time.Advance(TimeSpan.FromSeconds(2));

        await ExpectAsync(401, Request("v1/models", ("Authorization", $"Bearer {Key}")), "invalid_api_key");
        await ExpectAsync(200, Request("v1/models", ("Authorization", $"Bearer {OtherKey}")));
    }

    [Fact]
    public async Task WrongKeys_MoreThanTheLimit_BlockTheAddressForAMinute()
    {
        await StartAsync(options => options.ApiKeyFile = folder.Write("keys.txt", Key));
        for (int i = 0; i < FailedAttempts.Limit; i++)
            await ExpectAsync(401, Request("v1/models", ("Authorization", $"Bearer {WrongKey}{i}")), "invalid_api_key");

        using (HttpResponseMessage blocked = await ExpectAsync(
            429, Request("v1/models", ("Authorization", $"Bearer {Key}")), "too_many_failures"))
            Assert.Equal(TimeSpan.FromMinutes(1), blocked.Headers.RetryAfter!.Delta);
        await ExpectAsync(200, Request("health"));
        time.Advance(TimeSpan.FromMinutes(1));
        await ExpectAsync(200, Request("v1/models", ("Authorization", $"Bearer {Key}")));
    }

    [Fact]
    public async Task MissingKeys_Many_BlockNobody()
    {
        await StartAsync(options => options.ApiKeyFile = folder.Write("keys.txt", Key));
        for (int i = 0; i < 2 * FailedAttempts.Limit; i++) await ExpectAsync(401, Request("v1/models"), "invalid_api_key");

        await ExpectAsync(200, Request("v1/models", ("Authorization", $"Bearer {Key}")));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]
    public async Task WrongKeys_BehindAProxy_BlockTheForwardedAddressIfTheProxyIsTrusted(string proxy, bool isTrusted)
    {
        await StartAsync(options =>
        {
            options.ApiKeyFile = folder.Write("keys.txt", Key);
            options.TrustedProxies = [proxy];
        });
        for (int i = 0; i < FailedAttempts.Limit; i++)
            await ExpectAsync(401, WithForwarded(WrongKey, "198.51.100.9, 192.0.2.1"), "invalid_api_key");

        await ExpectAsync(429, WithForwarded(Key, "198.51.100.9, 192.0.2.1:5678"), "too_many_failures");
        await ExpectAsync(isTrusted ? 200 : 429, WithForwarded(Key, "192.0.2.1, 192.0.2.2"), isTrusted ? null : "too_many_failures");

        static HttpRequestMessage WithForwarded(string key, string addresses) =>
            Request("v1/models", ("Authorization", $"Bearer {key}"), ("X-Forwarded-For", addresses));
    }

    [Fact]
    public async Task Client_OfARequest_IsTheKeyOrTheAddress()
    {
        string? client = null;
        await StartAsync(
            options => options.ApiKeyFile = folder.Write("keys.txt", Key),
            application => application.MapGet("/client", (RequestDelegate)(context =>
            {
                client = context.Items[RequestGuard.ClientItem] as string;
                return Task.CompletedTask;
            })));
        await ExpectAsync(200, Request("client", ("Authorization", $"Bearer {Key}")));
        Assert.Matches("^key-[0-9a-f]{12}$", client);
        await server!.DisposeAsync();

        await StartAsync(_ => { }, application => application.MapGet("/client", (RequestDelegate)(context =>
        {
            client = context.Items[RequestGuard.ClientItem] as string;
            return Task.CompletedTask;
        })));
        await ExpectAsync(200, Request("client"));
        Assert.Equal("127.0.0.1", client);
    }

    [Fact]
    public async Task Answer_OfAnyKind_HasSecurityHeadersAndNamesNoServer()
    {
        await StartAsync(_ => { });
        foreach (string path in new[] { "v1/models", "nothing", "health" })
        {
            using HttpResponseMessage answer = await server!.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);

            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_LargerThanTheLimit_IsRefused(bool isChunked)
    {
        await StartAsync(options => options.MaxRequestBytes = 1000);
        using StringContent content = new(new string(' ', 2000), Encoding.UTF8, "application/json");
        HttpRequestMessage request = Request("v1/completions");
        (request.Method, request.Content, request.Headers.TransferEncodingChunked) = (HttpMethod.Post, content, isChunked);

        await ExpectAsync(413, request);
    }

    [Fact]
    public async Task Http2_WithoutTls_IsNotSpoken()
    {
        await StartAsync(_ => { });
        string answer = await SendRawAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

        // One frame: GOAWAY with the code HTTP_1_1_REQUIRED.
        Assert.Equal((17, '\a', '\r'), (answer.Length, answer[3], answer[^1]));
    }

    [Fact]
    public async Task Headers_ThatAreTooLarge_AreRefused()
    {
        await StartAsync(_ => { });
        string answer = await SendRawAsync($"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Large: {new string('x', 20_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapAphorist_InAnotherApplication_GuardsItsEndpointsOnly()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAphorist(options => options.Models.Add(model.File));
        await using WebApplication application = builder.Build();
        application.MapAphorist();
        application.MapGet("/own", () => "own");
        application.Urls.Add("http://127.0.0.1:0");
        await application.StartAsync(Cancel);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };

        (string, int)[] expected = [("own", 200), ("v1/models", 400), ("v1/nothing", 400), ("metrics", 400), ("health", 200)];
        foreach ((string path, int status) in expected)
        {
            using HttpRequestMessage request = Request(path, ("Host", "evil.com"));
            using HttpResponseMessage answer = await client.SendAsync(request, Cancel);
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
        }
    }

    [Fact]
    public async Task MapAphorist_WithAllowAnonymous_StillChecksKeysHostsAndOrigins()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAphorist(options =>
        {
            options.Models.Add(model.File);
            options.ApiKeyFile = folder.Write("keys.txt", Key);
        });
        await using WebApplication application = builder.Build();
        application.MapAphorist().AllowAnonymous();
        application.Urls.Add("http://127.0.0.1:0");
        await application.StartAsync(Cancel);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };

        (int, string, (string, string?)[])[] expected =
        [
            (401, "v1/models", []),
            (200, "v1/models", [("Authorization", $"Bearer {Key}")]),
            (400, "v1/models", [("Authorization", $"Bearer {Key}"), ("Host", "evil.com")]),
            (403, "v1/models", [("Authorization", $"Bearer {Key}"), ("Origin", "https://evil.com")]),
            (401, "metrics", []),
            (200, "health", [("Host", "evil.com")]),
        ];
        foreach ((int status, string path, (string, string?)[] headers) in expected)
        {
            using HttpRequestMessage request = Request(path, headers);
            using HttpResponseMessage answer = await client.SendAsync(request, Cancel);
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
        }
    }

    [Fact]
    public async Task MapAphorist_WithoutAddAphorist_SaysWhatToCall()
    {
        await using WebApplication application = WebApplication.CreateSlimBuilder().Build();

        Assert.Contains(
            "AddAphorist(...) before MapAphorist",
            Assert.Throws<InvalidOperationException>(() => application.MapAphorist()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AddAphorist_Twice_IsRefused()
    {
        ServiceCollection services = [];
        services.AddAphorist(_ => { });

        Assert.Throws<InvalidOperationException>(() => services.AddAphorist(_ => { }));
    }

    [Fact]
    public async Task Endpoint_OfTheApplication_IsGuardedOnce()
    {
        int answers = 0;
        await StartAsync(_ => { }, application => application.MapGroup("").GuardRequests().MapGet("/once", (RequestDelegate)(context =>
        {
            answers++;
            return Task.CompletedTask;
        })));
        using HttpResponseMessage answer = await ExpectAsync(200, Request("once"));

        Assert.Equal(1, answers);
        Assert.Single(answer.Headers.GetValues("X-Content-Type-Options"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task StartAsync(Action<AphoristServerOptions> configure, Action<WebApplication>? application = null) =>
        server = await RunningServer.StartAsync(
            options =>
            {
                options.Models.Add(model.File);
                configure(options);
            },
            builder => builder.Services.AddSingleton<TimeProvider>(time),
            application);

    private static HttpRequestMessage Request(string path, params (string Name, string? Value)[] headers)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach ((string name, string? value) in headers)
            if (value is not null) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return request;
    }

    /// <summary>Sends a request and checks the status; that of an error with its code.</summary>
    private async Task<HttpResponseMessage> ExpectAsync(int status, HttpRequestMessage request, string? code = null)
    {
        using (request)
        {
            HttpResponseMessage answer = await server!.Client.SendAsync(request, Cancel);
            string body = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(status == (int)answer.StatusCode, $"Status {(int)answer.StatusCode}: {body}");
            if (status < 400) return answer;
            using JsonDocument json = JsonDocument.Parse(body);
            Assert.Equal(code, json.RootElement.GetProperty("error").GetProperty("code").GetString());
            return answer;
        }
    }

    private async Task<string> SendRawAsync(string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, server!.Address.Port, Cancel);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Cancel);
    }
}
