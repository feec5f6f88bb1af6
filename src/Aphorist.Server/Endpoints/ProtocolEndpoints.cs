using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Server.Endpoints;

/// <summary>Maps the endpoints of OpenAI's API.</summary>
internal static class ProtocolEndpoints
{
    /// <summary>Adds the services of the endpoints.</summary>
    public static IServiceCollection AddProtocol(this IServiceCollection services) =>
        services.AddSingleton<TextEndpoint>().AddSingleton<ModelEndpoints>();

    /// <summary>Maps /v1.</summary>
    public static void MapProtocol(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("POST", "/v1/completions", Texts(RequestKinds.Completion));
        endpoints.Map("POST", "/v1/chat/completions", Texts(RequestKinds.Chat));
        endpoints.Map("GET", "/v1/models", context => context.RequestServices.GetRequiredService<ModelEndpoints>().ListAsync(context));
        endpoints.Map("GET", "/v1/models/{id}", context => context.RequestServices.GetRequiredService<ModelEndpoints>().GetAsync(context));
        endpoints.Map("/v1/{**rest}", context => throw new ApiException(404, $"There is no endpoint '{context.Request.Path}'."));
    }

    private static RequestDelegate Texts(RequestKinds kind) =>
        context => context.RequestServices.GetRequiredService<TextEndpoint>().HandleAsync(context, kind);

    private static void Map(this IEndpointRouteBuilder endpoints, string method, string pattern, RequestDelegate answer)
    {
        endpoints.MapMethods(pattern, [method], answer);
        // Without this one, the endpoint for all other paths would answer with 404.
        endpoints.Map(pattern, context =>
        {
            context.Response.Headers.Allow = method;
            throw new ApiException(
                405, $"The endpoint '{context.Request.Path}' does not accept the method {context.Request.Method}. Use {method}.");
        });
    }
}
