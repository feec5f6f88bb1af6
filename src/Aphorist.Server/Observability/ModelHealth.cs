using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aphorist.Server.Observability;

/// <summary>Whether the server can answer requests: it has a model and is not stopping.</summary>
internal sealed class ModelHealth(ModelStore models) : IHealthCheck
{
    /// <summary>The name of the check among those of the application.</summary>
    public const string Name = "aphorist";

    /// <summary>GET /health, for load balancers: 200 or 503.</summary>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints)
    {
        ModelHealth health = new(endpoints.ServiceProvider.GetRequiredService<ModelStore>());
        return endpoints.MapMethods("/health", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)health.WriteAsync);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Problem switch
        {
            null => HealthCheckResult.Healthy(),
            string problem => new(context.Registration.FailureStatus, problem),
        });

    private string? Problem => models.IsStopping ? "stopping" : models.List().Count == 0 ? "no model" : null;

    private Task WriteAsync(HttpContext context)
    {
        string? problem = Problem;
        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync($$"""{"status":"{{problem ?? "ok"}}"}""");
    }
}
