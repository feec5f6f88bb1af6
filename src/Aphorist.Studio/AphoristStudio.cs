using System.Net;
using Aphorist.Server;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Studio;

/// <summary>Creates the application of the studio.</summary>
public static class AphoristStudio
{
    /// <summary>Creates the application. It does not listen yet: call <see cref="WebApplication.StartAsync"/>.</summary>
    /// <param name="options">The options of the studio.</param>
    /// <param name="address">The address and the port to listen on; port 0 stands for any free port.</param>
    /// <param name="configure">Changes the application before it is built, for example its logging. It has no logging otherwise.</param>
    /// <exception cref="IOException">The folder cannot be created or written to.</exception>
    public static WebApplication Create(StudioOptions options, IPEndPoint address, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Workspace workspace = Workspace.Open(options.Folder);
        options.Server.Models = [workspace.Folder];
        WebApplicationBuilder builder = AphoristApplication.CreateBuilder(options.Server, address);
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(workspace);
        services.AddSingleton<StudioAssets>();
        services.AddSingleton<StudioSession>();
        services.AddHttpContextAccessor();
        // Forms and circuits are protected with these keys. A page that is open during a restart is loaded again.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddRazorComponents().AddInteractiveServerComponents(circuit =>
        {
            circuit.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            circuit.DisconnectedCircuitMaxRetained = 20;
        });
        services.AddStudio();
        configure?.Invoke(builder);
        WebApplication application = builder.Build();
        application.UseOriginCheck();
        application.UseStudioSession();
        application.UseStudioHeaders();
        application.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        application.UseAntiforgery();
        application.MapAphorist();
        application.MapStudio();
        application.MapRazorComponents<App>().AddInteractiveServerRenderMode(circuit =>
        {
            circuit.DisableWebSocketCompression = true;
            // UseStudioHeaders sends the whole policy.
            circuit.ContentSecurityFrameAncestorsPolicy = null;
        });
        return application;
    }

    /// <summary>The link that opens the studio in a browser. It can be used once.</summary>
    /// <param name="application">The application, which has started.</param>
    public static string CreateLink(WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return $"{application.Urls.Single()}/?token={application.Services.GetRequiredService<StudioSession>().CreateToken()}";
    }
}
