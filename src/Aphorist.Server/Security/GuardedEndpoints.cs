using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Server.Security;

/// <summary>Puts the guard in front of endpoints or of a whole application.</summary>
internal static class GuardedEndpoints
{
    /// <summary>Guards every request of an application, also those that no endpoint answers.</summary>
    public static void UseRequestGuard(this WebApplication application)
    {
        RequestGuard guard = application.Services.GetRequiredService<RequestGuard>();
        application.Use(next => context => guard.InvokeAsync(context, next));
    }

    /// <summary>Guards the endpoints of a group, except those that are <see cref="WithoutGuard"/>.</summary>
    public static RouteGroupBuilder GuardRequests(this RouteGroupBuilder group)
    {
        // Created now, so that a bad key file is reported at once.
        RequestGuard guard = ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<RequestGuard>();
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } answer) return;
            endpoint.RequestDelegate = context =>
                context.Items.ContainsKey(RequestGuard.ClientItem) ? answer(context) : guard.InvokeAsync(context, answer);
        });
        return group;
    }

    /// <summary>
    /// Lets everybody use an endpoint: without a key, under any host and from any page. An application's own AllowAnonymous says nothing
    /// about keys of this server.
    /// </summary>
    public static IEndpointConventionBuilder WithoutGuard(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new UnguardedEndpoint());
}

/// <summary>Marks an endpoint that everybody may use.</summary>
internal sealed class UnguardedEndpoint;
