using System.Net;
using Aphorist.Server.Tests.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Aphorist.Server.Tests.Observability;

public sealed class HealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_OfAServerWithAModel_IsOk()
    {
        using ModelFolder folder = new();
        folder.Save("a.safetensors");
        await using RunningServer server = await RunningServer.StartAsync(options => options.Models = [folder.Path]);
        using HttpResponseMessage answer = await GetAsync(server, "health");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("""{"status":"ok"}""", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HealthStatus.Healthy, (await ReportAsync(server)).Status);
        using HttpRequestMessage head = new(HttpMethod.Head, new Uri("health", UriKind.Relative));
        using HttpResponseMessage headAnswer = await server.Client.SendAsync(head, Cancellation);
        Assert.Equal(HttpStatusCode.OK, headAnswer.StatusCode);
    }

    [Fact]
    public async Task Health_WithoutAModel_IsUnavailable()
    {
        using ModelFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(options => options.Models = [folder.Path]);
        using HttpResponseMessage answer = await GetAsync(server, "health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"status":"no model"}""", await answer.Content.ReadAsStringAsync(Cancellation));
        HealthReport report = await ReportAsync(server);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal("no model", report.Entries["aphorist"].Description);
    }

    [Fact]
    public async Task Health_WhileTheServerStops_IsUnavailable()
    {
        using ModelFolder folder = new();
        folder.Save("a.safetensors");
        await using RunningServer server = await RunningServer.StartAsync(options => options.Models = [folder.Path]);
        IHostedLifecycleService models = server.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
        await models.StoppingAsync(Cancellation);
        using HttpResponseMessage answer = await GetAsync(server, "health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"status":"stopping"}""", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Health_InAnApplicationWithItsOwnPage_IsThatOfTheApplication()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAphorist(_ => { });
        await using WebApplication application = builder.Build();
        application.MapAphorist();
        application.MapHealthChecks("/health");
        application.MapGet("/metrics", () => "mine");
        await application.StartAsync(Cancellation);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        using HttpResponseMessage answer = await client.GetAsync(new Uri("health", UriKind.Relative), Cancellation);
        Assert.Equal("Unhealthy", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("mine", await client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation));
    }

    private static Task<HttpResponseMessage> GetAsync(RunningServer server, string path) =>
        server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

    private static Task<HealthReport> ReportAsync(RunningServer server) =>
        server.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
}
