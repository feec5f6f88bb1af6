using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Aphorist.Server.Observability;

/// <summary>GET /metrics: the metrics of the server in the format of Prometheus.</summary>
/// <remarks>
/// It has its own provider of OpenTelemetry, so that it works in every application, whether that uses OpenTelemetry or not. An application
/// that does can add the meter <see cref="ServerMetrics.MeterName"/> to its own provider.
/// </remarks>
internal sealed class MetricsPage(IServiceProvider services) : IDisposable
{
    private readonly Lazy<(MeterProvider Provider, RequestDelegate Page)> exporter = new(() => Create(services));

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints)
    {
        MetricsPage page = endpoints.ServiceProvider.GetRequiredService<MetricsPage>();
        // Not before the start, which it would delay. The first request waits for it, so that no request is missed.
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStarted.Register(() => Task.Run(page.EnsureStarted));
        return endpoints.MapGet("/metrics", (RequestDelegate)(context => page.exporter.Value.Page(context)));
    }

    /// <summary>Starts to count, unless that is done.</summary>
    public void EnsureStarted() => _ = exporter.Value;

    public void Dispose()
    {
        if (exporter.IsValueCreated) exporter.Value.Provider.Dispose();
    }

    private static (MeterProvider Provider, RequestDelegate Page) Create(IServiceProvider services)
    {
        Meter meter = services.GetRequiredService<ServerMetrics>().Meter;
        MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(ServerMetrics.MeterName)
            // Another server in this process has a meter of the same name.
            .AddView(instrument => instrument.Meter == meter ? null : MetricStreamConfiguration.Drop)
            .AddPrometheusExporter(options => options.ScopeInfoEnabled = options.TargetInfoEnabled = false)
            .Build();
        RequestDelegate page = new ApplicationBuilder(services)
            .UseOpenTelemetryPrometheusScrapingEndpoint(provider, _ => true, null, null, null)
            .Build();
        return (provider, page);
    }
}
