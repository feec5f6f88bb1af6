using System.Net;
using Aphorist.Studio.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests;

/// <summary>A studio on a free port of this machine. It trains with the command that was built with the tests.</summary>
internal sealed class RunningStudio : IAsyncDisposable
{
    private readonly WebApplication application;

    private RunningStudio(WebApplication application, string folder) => (this.application, Folder) = (application, folder);

    /// <summary>The folder with the runs and models.</summary>
    public string Folder { get; }

    public Uri Address => new(application.Urls.Single());

    public IServiceProvider Services => application.Services;

    /// <summary>A link that signs a browser in.</summary>
    public string Link => AphoristStudio.CreateLink(application);

    /// <summary>Starts a studio.</summary>
    /// <param name="folder">The folder, which stays after the end.</param>
    public static async Task<RunningStudio> StartAsync(string folder)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Aphorist.Cli.dll")];
        StudioOptions options = new() { Folder = folder, Command = command };
        WebApplication created = AphoristStudio.Create(options, new IPEndPoint(IPAddress.Loopback, 0));
        await created.StartAsync(TestContext.Current.CancellationToken);
        return new(created, folder);
    }

    /// <summary>A client with the cookie of the studio.</summary>
    public async Task<HttpClient> SignInAsync()
    {
        HttpClient client = new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = Address };
        using HttpResponseMessage response = await client.GetAsync(new Uri(Link), TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return client;
    }

    /// <summary>Waits until a run is in a state.</summary>
    public async Task WaitForRunAsync(string name, RunActivity activity)
    {
        RunWatch watch = Services.GetRequiredService<RunWatch>();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (watch.Look(name)?.Activity != activity) await Task.Delay(50, limit.Token);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
