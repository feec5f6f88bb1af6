using System.Net;
using Aphorist.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aphorist.Server;

/// <summary>Creates an application that serves models and nothing else.</summary>
/// <remarks>
/// Other applications call <see cref="AphoristServer.AddAphorist"/> and <see cref="AphoristServer.MapAphorist"/> instead.
/// </remarks>
public static class AphoristApplication
{
    /// <summary>The time after which running texts are ended when the application stops.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private const int MaxConnections = 1024;

    // Errors have to reach the clients when the grace is over.
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(1);

    /// <summary>Creates the application. It does not listen yet: call <see cref="WebApplication.StartAsync"/>.</summary>
    /// <param name="options">The options of the server.</param>
    /// <param name="address">The address and the port to listen on; port 0 stands for any free port.</param>
    /// <param name="configure">Changes the application before it is built, for example its logging. It has no logging otherwise.</param>
    /// <exception cref="InvalidOptionsException">
    /// Other machines can reach the address, and <see cref="AphoristServerOptions.ApiKeyFile"/> is not set.
    /// </exception>
    /// <exception cref="IOException">A file that the options name cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file with the API keys has no key, or a line that is not a key.</exception>
    public static WebApplication Create(AphoristServerOptions options, IPEndPoint address, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = CreateBuilder(options, address);
        configure?.Invoke(builder);
        WebApplication application = builder.Build();
        application.UseRequestGuard();
        application.MapAphorist();
        return application;
    }

    /// <summary>
    /// Creates the builder of an application that serves models and has pages or endpoints of its own: it listens on the address, has the
    /// limits of `aphorist serve` and the services of <see cref="AphoristServer.AddAphorist"/>. Call
    /// <see cref="AphoristServer.UseOriginCheck"/> and <see cref="AphoristServer.MapAphorist"/> on the application.
    /// </summary>
    /// <inheritdoc cref="Create"/>
    public static WebApplicationBuilder CreateBuilder(AphoristServerOptions options, IPEndPoint address)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(address);
        if (!IPAddress.IsLoopback(address.Address) && options.ApiKeyFile is null)
            throw new InvalidOptionsException(
                $"ApiKeyFile is not set, but other machines can reach the address {address.Address}. Set it, or use the address 127.0.0.1.",
                nameof(AphoristServerOptions.ApiKeyFile));

        // Reads no settings of its own, and starts faster than the other builders.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => Configure(server, options, address));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace + TimeToReport);
        builder.Services.AddServices(options);
        return builder;
    }

    private static void Configure(KestrelServerOptions server, AphoristServerOptions options, IPEndPoint address)
    {
        server.AddServerHeader = false;
        KestrelServerLimits limits = server.Limits;
        limits.MaxRequestBodySize = options.MaxRequestBytes;
        // Further connections are closed at once.
        limits.MaxConcurrentConnections = MaxConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        // After a text is complete: while it runs, its reader can be slower. A connection whose client does not read ends in the time that
        // this speed needs for a full buffer.
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(10));
        // Without TLS, which a reverse proxy adds, HTTP/2 is rare and has more ways to attack.
        server.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
