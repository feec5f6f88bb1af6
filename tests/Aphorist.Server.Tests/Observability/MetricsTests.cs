using System.Diagnostics.Metrics;
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
        AssertHas(page, "running_texts", "metrics1", 0);
        Assert.DoesNotContain("zqxjzq", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_WhileTextsRun_HaveTheirNumbers()
    {
        using ModelFolder folder = new();
        LanguageModel model = ModelFolder.Create();
        model.TrainedMode = GenerationMode.Stateful;
        model.Save(folder["metrics3.safetensors"]);
        await using RunningServer server = await RunningServer.StartAsync(options => options.Models = [folder.Path]);
        using ModelLease lease = await server.Services.GetRequiredService<ModelStore>().OpenAsync("metrics3", Cancellation);
        GenerationScheduler scheduler = lease.Scheduler;
        GenerationRequest unread = new() { Options = new() { MaxTokens = null } };
        // Has no output that could wait for its reader: it keeps its slot for longer than the test takes.
        GenerationRequest reading = new() { PromptIds = new int[1_000_000] };
        List<ScheduledText> texts = [.. scheduler.Submit([unread, unread, unread])];
        await Eventually.TextsAsync(server, texts => texts.ParkedTexts == 3);
        texts.AddRange(scheduler.Submit([.. Enumerable.Repeat(reading, scheduler.Slots + 5)]));
        await Eventually.TextsAsync(server, texts => texts.RunningTexts == texts.Slots);

        string page = await PageAsync(server.Client);
        AssertHas(page, "running_texts", "metrics3", scheduler.Slots);
        AssertHas(page, "slots", "metrics3", scheduler.Slots);
        AssertHas(page, "queued_texts", "metrics3", 5);
        AssertHas(page, "parked_texts", "metrics3", 3);
        Assert.Matches("(?m)^aphorist_loaded_models(\\{\\})? 1( |$)", page);
        foreach (ScheduledText text in texts) text.Dispose();
        await Eventually.IdleAsync(server);
        // The page can be some tenths of a second old.
        await Eventually.TrueAsync(
            async () => (await PageAsync(server.Client))
                .Contains("""aphorist_queued_texts{model="metrics3"} 0""", StringComparison.Ordinal),
            () => "The page has texts that have ended.");
    }

    [Fact]
    public async Task Metrics_OfRequestsThatReachNoEndpoint_CountThem()
    {
        await using RunningServer server = await RunningServer.StartAsync(options => options.MaxRequestBytes = 100);
        await SendAsync(HttpMethod.Get, "v1/nothing");
        await SendAsync(HttpMethod.Get, "nothing");
        await SendAsync(HttpMethod.Get, "v1/models", request => request.Headers.Host = "evil.example");
        await SendAsync(HttpMethod.Get, "v1/models", request => request.Headers.Add("Origin", "https://evil.example"));
        await SendAsync(HttpMethod.Post, "v1/completions", request => request.Content = new StringContent("{}"));
        await SendAsync(HttpMethod.Post, "v1/completions", request => request.Content = new StringContent(new string(' ', 1000)));
        await SendAsync(HttpMethod.Get, "v1/models/none");
        await SendAsync(HttpMethod.Get, "health");
        await SendAsync(HttpMethod.Get, "v1/models");

        string page = await PageAsync(server.Client);
        string[] counted = [.. page.Split('\n').Where(line => line.StartsWith("aphorist_requests_total{", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ')[..2])).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                """aphorist_requests_total{endpoint="",model="",status="400"} 1""",
                """aphorist_requests_total{endpoint="",model="",status="403"} 1""",
                """aphorist_requests_total{endpoint="",model="",status="404"} 2""",
                """aphorist_requests_total{endpoint="",model="",status="413"} 1""",
                """aphorist_requests_total{endpoint="",model="",status="415"} 1""",
                """aphorist_requests_total{endpoint="models",model="",status="200"} 1""",
                """aphorist_requests_total{endpoint="models",model="",status="404"} 1""",
            ],
            counted);

        async Task SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
        {
            using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative));
            change?.Invoke(request);
            using HttpResponseMessage _ = await server.Client.SendAsync(request, Cancellation);
        }
    }

    [Fact]
    public async Task Metrics_OfTwoServersInAProcess_AreThoseOfEach()
    {
        await using RunningServer first = await RunningServer.StartAsync(_ => { });
        await using (RunningServer second = await RunningServer.StartAsync(_ => { }))
        {
            using HttpResponseMessage answer = await second.Client.GetAsync(new Uri("v1/models", UriKind.Relative), Cancellation);
            Assert.Contains("requests_total{", await PageAsync(second.Client), StringComparison.Ordinal);
            Assert.DoesNotContain("requests_total{", await PageAsync(first.Client), StringComparison.Ordinal);
        }

        // The page can be some tenths of a second old.
        for (int page = 0; page < 5; page++)
        {
            await Task.Delay(350, Cancellation);
            Assert.Contains("aphorist_loaded_models", await PageAsync(first.Client), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metrics_BeforeTheFirstRequest_HaveTheGauges()
    {
        await using RunningServer server = await RunningServer.StartAsync(_ => { });
        Assert.Contains("aphorist_loaded_models", await PageAsync(server.Client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfATextWithAKnownPace_HaveTheTimes()
    {
        ManualTime time = new();
        await using StoreFixture fixture = new();
        using TestMeterFactory factory = new();
        ServerMetrics metrics = null!;
        using MetricsPage page = new(new ServiceCollection().AddSingleton(_ => metrics).BuildServiceProvider());
        metrics = new(factory, fixture.Store, page, time);
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

    private static void AssertHas(string page, string name, string model, int value) =>
        Assert.Matches($"(?m)^aphorist_{name}{{model=\"{model}\"}} {value}( |$)", page);

    private static Task<string> PageAsync(HttpClient client) => client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);

    private sealed class TestMeterFactory : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
