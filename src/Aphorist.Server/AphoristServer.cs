using Aphorist.Server.Endpoints;
using Aphorist.Server.Models;
using Aphorist.Server.Observability;
using Aphorist.Server.OpenApi;
using Aphorist.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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

    /// <summary>
    /// Adds an <see cref="IChatClient"/> for a model of the server, with the name of the model as its key. The model is loaded when it is
    /// used first, like those of requests.
    /// </summary>
    /// <param name="services">The services, with those of <see cref="AddAphorist"/>.</param>
    /// <param name="model">The name of the model.</param>
    public static IServiceCollection AddAphoristChatClient(this IServiceCollection services, string model)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        return services.AddKeyedSingleton<IChatClient>(model, (provider, _) =>
        {
            ModelStore models = provider.GetRequiredService<ModelStore>();
            return new AphoristChatClient(cancellationToken => models.OpenAsync(model, cancellationToken), model);
        });
    }

    /// <summary>Adds the services.</summary>
    internal static IServiceCollection AddServices(this IServiceCollection services, AphoristServerOptions options)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<RequestGuard>();
        services.AddSingleton<ModelStore>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelStore>());
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<MetricsPage>();
        services.AddHealthChecks().AddCheck<ModelHealth>(ModelHealth.Name);
        return services.AddProtocol();
    }

    /// <summary>Maps the endpoints: /v1/completions, /v1/chat/completions, /v1/models, /health, /metrics, /openapi/v1.json.</summary>
    /// <param name="endpoints">The application.</param>
    public static IEndpointConventionBuilder MapAphorist(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouteGroupBuilder group = endpoints.MapGroup("").GuardRequests();
        group.MapProtocol();
        OpenApiPage.DescribeEndpoints(group);
        // After those of the application: it may have its own pages with these names.
        ModelHealth.Map(group).WithOrder(1).AllowAnonymous();
        MetricsPage.Map(group).WithOrder(1);
        OpenApiPage.Map(group).WithOrder(1);
        return group;
    }
}
