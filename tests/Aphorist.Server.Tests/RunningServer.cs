using System.Net;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Aphorist.Server.Tests;

/// <summary>A server on a free port of this machine, and a client for it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private RunningServer(WebApplication application)
    {
        this.application = application;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => application.Services;

    /// <summary>Starts the application that `aphorist serve` runs.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <param name="builder">Changes the application before it is built.</param>
    /// <param name="application">Changes the application before it starts.</param>
    public static async Task<RunningServer> StartAsync(
        Action<AphoristServerOptions> configure,
        Action<WebApplicationBuilder>? builder = null,
        Action<WebApplication>? application = null)
    {
        AphoristServerOptions options = new();
        configure(options);
        WebApplication created = AphoristApplication.Create(options, new IPEndPoint(IPAddress.Loopback, 0), builder);
        application?.Invoke(created);
        await created.StartAsync(TestContext.Current.CancellationToken);
        return new(created);
    }

    /// <summary>Stops it as the end of the process does.</summary>
    public Task StopAsync() => application.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
    }
}
