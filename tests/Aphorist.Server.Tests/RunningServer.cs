using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
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

    public static async Task<RunningServer> StartAsync(Action<AphoristServerOptions> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAphorist(configure);
        WebApplication application = builder.Build();
        application.MapAphorist();
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new(application);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
    }
}
