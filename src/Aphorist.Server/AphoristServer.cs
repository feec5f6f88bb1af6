using Aphorist.Server.Endpoints;
using Aphorist.Server.Observability;
using Aphorist.Server.OpenApi;
using Aphorist.Server.Protocol;
using Aphorist.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Aphorist.Server;

/// <summary>Adds the server to an ASP.NET Core application.</summary>
public static class AphoristServer
{
    /// <summary>Adds the services.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOptionsException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The services were already added: an application has one server.</exception>
    public static IServiceCollection AddAphorist(this IServiceCollection services, Action<AphoristServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(AphoristServerOptions)))
            throw new InvalidOperationException(
                "AddAphorist was already called for this application. Call it once, and add all models to its options.");
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

    /// <summary>
    /// Refuses requests of web pages of other origins and requests that are addressed to other hosts, for all endpoints of the application
    /// and its web sockets: see <see cref="AphoristServerOptions.AllowedHosts"/> and <see cref="AphoristServerOptions.CorsOrigins"/>.
    /// </summary>
    /// <remarks>The endpoints of <see cref="MapAphorist"/> have this check anyway.</remarks>
    /// <param name="application">The application, with the services of <see cref="AddAphorist"/>.</param>
    /// <returns>The same application.</returns>
    public static IApplicationBuilder UseOriginCheck(this IApplicationBuilder application)
    {
        ArgumentNullException.ThrowIfNull(application);
        RequestOrigin origin = new(application.ApplicationServices.GetRequiredService<AphoristServerOptions>());
        return application.Use(next => async context =>
        {
            bool isAnswered = true;
            await ErrorResponse.HandleAsync(context, checkedContext =>
            {
                origin.CheckHost(checkedContext);
                isAnswered = origin.CheckOrigin(checkedContext);
                if (isAnswered) checkedContext.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            });
            if (!isAnswered && !context.Response.HasStarted) await next(context);
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
        services.AddSingleton(provider => new ModelStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ModelStore>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ModelStore>());
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<MetricsPage>();
        services.AddHealthChecks().AddCheck<ModelHealth>(ModelHealth.Name);
        return services.AddProtocol();
    }

    /// <summary>Maps the endpoints: /v1/completions, /v1/chat/completions, /v1/models, /health, /metrics, /openapi/v1.json.</summary>
    /// <remarks>
    /// The endpoints answer only requests to localhost or to the server's address: add the public name of the application to
    /// <see cref="AphoristServerOptions.AllowedHosts"/>. The top-level AllowedHosts setting of ASP.NET Core is another setting. If other
    /// machines can reach the application, set <see cref="AphoristServerOptions.ApiKeyFile"/> or call RequireAuthorization on the result:
    /// unlike `aphorist serve`, the application also starts without keys.
    /// </remarks>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <returns>The endpoints, for conventions such as RequireAuthorization. /health needs neither keys nor authorization.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddAphorist"/> was not called.</exception>
    /// <exception cref="InvalidOptionsException">
    /// An option is wrong: a model does not exist, two models have the same name, or a host, an origin or a proxy is not one.
    /// </exception>
    /// <exception cref="IOException">The file with the API keys cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file with the API keys has no key, or a line that is not a key.</exception>
    public static IEndpointConventionBuilder MapAphorist(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<AphoristServerOptions>() is null)
            throw new InvalidOperationException("Call builder.Services.AddAphorist(...) before MapAphorist.");
        RouteGroupBuilder group = endpoints.MapGroup("").GuardRequests();
        group.MapProtocol();
        OpenApiPage.DescribeEndpoints(group);
        // After those of the application: it may have its own pages with these names.
        ModelHealth.Map(group).WithOrder(1).WithoutGuard().AllowAnonymous();
        MetricsPage.Map(group).WithOrder(1);
        OpenApiPage.Map(group).WithOrder(1);
        return group;
    }
}
