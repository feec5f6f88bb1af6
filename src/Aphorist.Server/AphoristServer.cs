using Aphorist.Server.Endpoints;
using Aphorist.Server.Models;
using Aphorist.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Server;

/// <summary>Adds the server to an ASP.NET Core application.</summary>
public static class AphoristServer
{
    /// <summary>Adds the services.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the options.</param>
    public static IServiceCollection AddAphorist(this IServiceCollection services, Action<AphoristServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        AphoristServerOptions options = new();
        configure(options);
        return services.AddServices(options);
    }

    /// <summary>Adds the services.</summary>
    internal static IServiceCollection AddServices(this IServiceCollection services, AphoristServerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RequestGuard>();
        services.AddSingleton<ModelStore>();
        return services.AddProtocol();
    }

    /// <summary>Maps the endpoints: /v1/completions, /v1/chat/completions, /v1/models, /health, /metrics, /openapi/v1.json.</summary>
    /// <param name="endpoints">The application.</param>
    public static IEndpointConventionBuilder MapAphorist(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouteGroupBuilder group = endpoints.MapGroup("").GuardRequests();
        group.MapGet("/health", () => "ok").AllowAnonymous();
        group.MapProtocol();
        return group;
    }
}
