using Aphorist.Server.Observability;
using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Server.Endpoints;

/// <summary>Maps the endpoints of OpenAI's API.</summary>
internal static class ProtocolEndpoints
{
    // The application may have endpoints of its own below /v1, also one for all paths.
    private const int AfterTheApplication = int.MaxValue;

    /// <summary>Adds the services of the endpoints.</summary>
    public static IServiceCollection AddProtocol(this IServiceCollection services) =>
        services.AddSingleton<TextEndpoint>().AddSingleton<ModelEndpoints>();

    /// <summary>Maps /v1.</summary>
    public static void MapProtocol(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("POST", "/v1/completions", "completions", Texts(RequestKinds.Completion));
        endpoints.Map("POST", "/v1/chat/completions", "chat.completions", Texts(RequestKinds.Chat));
        endpoints.Map("GET", "/v1/models", "models", (context, _) => Models(context).ListAsync(context));
        endpoints.Map("GET", "/v1/models/{id}", "models", (context, _) => Models(context).GetAsync(context));
        endpoints.Map("/v1/{**rest}", context => throw new ApiException(404, $"There is no endpoint '{context.Request.Path}'."))
            .WithOrder(AfterTheApplication);
    }

    private static Func<HttpContext, RequestMetrics, Task> Texts(RequestKinds kind) =>
        (context, metrics) => context.RequestServices.GetRequiredService<TextEndpoint>().HandleAsync(context, kind, metrics);

    private static ModelEndpoints Models(HttpContext context) => context.RequestServices.GetRequiredService<ModelEndpoints>();

    private static void Map(
        this IEndpointRouteBuilder endpoints, string method, string pattern, string name, Func<HttpContext, RequestMetrics, Task> answer)
    {
        endpoints.MapMethods(pattern, [method], context => MeasureAsync(context, name, answer));
        // Without this one, the endpoint for all other paths would answer with 404.
        endpoints.Map(pattern, context =>
        {
            context.Response.Headers.Allow = method;
            throw new ApiException(
                405, $"The endpoint '{context.Request.Path}' does not accept the method {context.Request.Method}. Use {method}.");
        }).WithOrder(AfterTheApplication);
    }

    private static async Task MeasureAsync(HttpContext context, string name, Func<HttpContext, RequestMetrics, Task> answer)
    {
        RequestMetrics metrics = context.RequestServices.GetRequiredService<ServerMetrics>().Start(name);
        try
        {
            await answer(context, metrics);
            metrics.End(context.Response.StatusCode);
        }
        catch (Exception exception)
        {
            metrics.End(ErrorResponse.StatusOf(context, exception));
            throw;
        }
    }
}
