using System.Diagnostics.Metrics;
using Aphorist.Server.Models;
using Aphorist.Server.Observability;
using Aphorist.Server.Tests.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Xunit;

namespace Aphorist.Server.Tests.Observability;

public sealed class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterRequests_CountThem()
    {
        using ModelFolder folder = new();
        folder.Save("metrics1.safetensors");
        await using RunningServer server = await RunningServer.StartAsync(options => options.Models = [folder.Path]);
        ServerMetrics metrics = server.Services.GetRequiredService<ServerMetrics>();
        using ModelLease lease = await server.Services.GetRequiredService<ModelStore>().OpenAsync("metrics1", Cancellation);
        RequestMetrics request = metrics.Start("completions");
        request.Use(lease.Name);
        using ScheduledText text = lease.Scheduler.Submit(new GenerationRequest { Prompt = "zqxjzq", Options = new() { MaxTokens = 50 } });
        request.ReadPrompt(text.PromptTokens);
        TextMetrics progress = request.StartText();
        progress.Progress(10);
        await foreach (TextPiece _ in text.WithCancellation(Cancellation)) continue;
        progress.Progress(text.GeneratedTokens);
        progress.End();
        progress.End();
        request.End(200);
        request.End(500);
        RequestMetrics refused = metrics.Start("chat.completions");
        refused.End(404);

        string page = await PageAsync(server.Client);
        string requests = """aphorist_requests_total{endpoint="completions",model="metrics1",status="200"} 1""";
        Assert.Contains(requests, page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_requests_total{endpoint="chat.completions",model="",status="404"}""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("""model="metrics1",status="500""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_prompt_tokens_total{model="metrics1"} 6""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_generated_tokens_total{model="metrics1"} 50""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_time_to_first_token_seconds_count{model="metrics1"} 1""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_time_per_token_seconds_count{model="metrics1"} 1""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_time_per_token_seconds_bucket{model="metrics1",le="+Inf"} 1""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_running_texts{model="metrics1"}""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_queued_texts{model="metrics1"}""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_parked_texts{model="metrics1"}""", page, StringComparison.Ordinal);
        Assert.Contains("""aphorist_places{model="metrics1"}""", page, StringComparison.Ordinal);
        Assert.Contains("aphorist_loaded_models", page, StringComparison.Ordinal);
        Assert.DoesNotContain("zqxjzq", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfATextWithAKnownPace_HaveTheTimes()
    {
        ManualTime time = new();
        await using StoreFixture fixture = new();
        using TestMeterFactory factory = new();
        using MetricsPage page = new(new ServiceCollection().BuildServiceProvider());
        ServerMetrics metrics = new(factory, fixture.Store, page, time);
        List<(string Name, double Value)> recorded = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == factory.Meter) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => recorded.Add((instrument.Name, value)));
        listener.Start();

        RequestMetrics request = metrics.Start("completions");
        TextMetrics first = request.StartText(), second = request.StartText();
        time.Advance(TimeSpan.FromMilliseconds(40));
        first.Progress(0);
        first.Progress(8);
        time.Advance(TimeSpan.FromMilliseconds(20));
        second.Progress(8);
        first.Progress(18);
        time.Advance(TimeSpan.FromSeconds(1));
        first.End();
        second.End();
        Assert.Equal([("aphorist.time.to.first.token", 0.04), ("aphorist.time.per.token", 0.002)], recorded);
    }

    [Fact]
    public async Task Metrics_InAnApplicationThatUsesOpenTelemetry_AreInBothPages()
    {
        using ModelFolder folder = new();
        folder.Save("metrics2.safetensors");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAphorist(options => options.Models = [folder.Path]);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Aphorist.Server").AddPrometheusExporter());
        await using WebApplication application = builder.Build();
        application.MapAphorist();
        application.MapPrometheusScrapingEndpoint("/own");
        await application.StartAsync(Cancellation);
        using ModelLease lease = await application.Services.GetRequiredService<ModelStore>().OpenAsync(null, Cancellation);
        RequestMetrics request = application.Services.GetRequiredService<ServerMetrics>().Start("completions");
        request.Use(lease.Name);
        request.End(200);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        foreach (string page in (string[])["own", "metrics"])
        {
            string text = await client.GetStringAsync(new Uri(page, UriKind.Relative), Cancellation);
            Assert.Contains("""endpoint="completions",model="metrics2",status="200"} 1""", text, StringComparison.Ordinal);
        }
    }

    private static Task<string> PageAsync(HttpClient client) => client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);

    private sealed class TestMeterFactory : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
