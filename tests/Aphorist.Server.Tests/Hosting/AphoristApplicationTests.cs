using System.Net;
using System.Net.Sockets;
using Aphorist.Server.Tests.Models;
using Aphorist.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Aphorist.Server.Tests.Hosting;

public sealed class AphoristApplicationTests(TinyModel model)
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public async Task Create_AtAnAddressOfTheNetworkWithoutKeys_IsRefused(string address)
    {
        AphoristServerOptions options = new() { Models = [model.File] };
        InvalidOptionsException exception = Assert.Throws<InvalidOptionsException>(
            () => AphoristApplication.Create(options, new IPEndPoint(IPAddress.Parse(address), 0)));
        Assert.Equal("ApiKeyFile", exception.PropertyName);

        using TemporaryFolder folder = new();
        options.ApiKeyFile = folder.Write("keys.txt", "0123456789abcdef");
        await using WebApplication created = AphoristApplication.Create(options, new IPEndPoint(IPAddress.Parse(address), 0));
    }

    [Theory]
    [InlineData("AllowedHosts", "http://example.com", "", "")]
    [InlineData("AllowedHosts", "example.com:80", "", "")]
    [InlineData("CorsOrigins", "", "https://example.com/", "")]
    [InlineData("CorsOrigins", "", "example.com", "")]
    [InlineData("TrustedProxies", "", "", "proxy")]
    [InlineData("TrustedProxies", "", "", "8080")]
    [InlineData("TrustedProxies", "", "", "[::1]:9000")]
    public void Create_WithWrongNames_IsRefused(string property, string host, string origin, string proxy)
    {
        AphoristServerOptions options = new()
        {
            Models = [model.File],
            AllowedHosts = host.Length > 0 ? [host] : [],
            CorsOrigins = origin.Length > 0 ? [origin] : [],
            TrustedProxies = proxy.Length > 0 ? [proxy] : [],
        };
        InvalidOptionsException exception = Assert.Throws<InvalidOptionsException>(
            () => AphoristApplication.Create(options, new IPEndPoint(IPAddress.Loopback, 0)));

        Assert.Equal(property, exception.PropertyName);
    }

    [Fact]
    public async Task Limits_OfTheServer_AreBounded()
    {
        AphoristServerOptions options = new() { Models = [model.File], MaxRequestBytes = 1234 };
        await using WebApplication application = AphoristApplication.Create(options, new IPEndPoint(IPAddress.Loopback, 0));
        KestrelServerLimits limits = application.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal(1234, limits.MaxRequestBodySize);
        Assert.Equal(1024, limits.MaxConcurrentConnections);
        Assert.Equal(TimeSpan.FromSeconds(10), limits.RequestHeadersTimeout);
        Assert.NotNull(limits.MinRequestBodyDataRate);
        Assert.Equal((100, TimeSpan.FromSeconds(10)), (limits.MinResponseDataRate!.BytesPerSecond, limits.MinResponseDataRate.GracePeriod));
    }

    [Fact]
    public async Task Reader_CanBeSlow_UntilTheAnswerIsComplete()
    {
        MinDataRate? during = new(1, TimeSpan.MaxValue), expected = null;
        TaskCompletionSource<MinDataRate?> after = new();
        await using RunningServer server = await RunningServer.StartAsync(
            options => options.Models.Add(model.File),
            application: application =>
            {
                expected = application.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MinResponseDataRate;
                application.MapGet("/text", (RequestDelegate)(async context =>
                {
                    IHttpMinResponseDataRateFeature speed = context.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>();
                    during = speed.MinDataRate;
                    context.Response.OnCompleted(() =>
                    {
                        after.SetResult(speed.MinDataRate);
                        return Task.CompletedTask;
                    });
                    await context.Response.WriteAsync("text");
                }));
            });
        await server.Client.GetStringAsync(new Uri("text", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Null(during);
        // Otherwise a client that does not read the last bytes keeps its connection forever.
        Assert.NotNull(expected);
        Assert.Same(expected, await after.Task);
    }

    [Fact]
    public async Task Connection_WhoseAnswerIsNotRead_IsClosed()
    {
        TaskCompletionSource closed = new();
        await using RunningServer server = await RunningServer.StartAsync(
            options => options.Models.Add(model.File),
            builder =>
            {
                // A full buffer may take little more than the grace period, instead of minutes.
                builder.Services.Configure<KestrelServerOptions>(kestrel =>
                    kestrel.Limits.MinResponseDataRate = new MinDataRate(1e6, TimeSpan.FromSeconds(1.5)));
                // The system accepts less than the answer, so the rest stays in the server.
                builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = address =>
                {
                    Socket listener = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
                    listener.SendBufferSize = 4096;
                    return listener;
                });
            },
            application => application.MapGet("/text", (RequestDelegate)(context =>
            {
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.Register(closed.SetResult);
                return context.Response.Body.WriteAsync(new byte[56 << 10]).AsTask();
            })));
        using Socket reader = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await reader.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        await reader.SendAsync(
            "GET /text HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => Task.FromResult(closed.Task.IsCompleted), () => "The connection is still open.");
    }

    [Fact]
    public async Task Stop_WhileARequestRuns_WaitsForItsAnswerAndAcceptsNoConnections()
    {
        TaskCompletionSource arrived = new(), released = new();
        await using RunningServer server = await RunningServer.StartAsync(
            options => options.Models.Add(model.File),
            application: application => application.MapGet("/slow", (RequestDelegate)(async context =>
            {
                arrived.SetResult();
                await released.Task;
                await context.Response.WriteAsync("complete");
            })));
        Task<string> answer = server.Client.GetStringAsync(new Uri("slow", UriKind.Relative), TestContext.Current.CancellationToken);
        await arrived.Task;
        Task stop = server.StopAsync();
        await Eventually.TrueAsync(async () => !await CanConnectAsync(server.Address.Port), () => "The server still accepts connections.");

        Assert.False(stop.IsCompleted);
        released.SetResult();
        Assert.Equal("complete", await answer);
        await stop;
    }

    [Fact]
    public async Task Request_LongerThanItsTime_IsEnded()
    {
        ManualTime time = new();
        TaskCompletionSource arrived = new();
        await using RunningServer server = await RunningServer.StartAsync(
            options => (options.Models, options.RequestTimeout) = ([model.File], TimeSpan.FromMinutes(1)),
            builder => builder.Services.AddSingleton<TimeProvider>(time),
            application => application.MapGet("/endless", (RequestDelegate)(async context =>
            {
                arrived.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            })));
        Task<string> answer = server.Client.GetStringAsync(new Uri("endless", UriKind.Relative), TestContext.Current.CancellationToken);
        await arrived.Task;
        // The texts of a request end after a minute, and then the server has a moment to say so.
        time.Advance(TimeSpan.FromSeconds(69));
        Assert.False(answer.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
    }

    private static async Task<bool> CanConnectAsync(int port)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
