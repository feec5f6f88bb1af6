using System.Net;
using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Aphorist.Server.Security;

/// <summary>
/// Refuses requests that web pages send from a user's browser to a server that only the user can reach, unless the options allow it.
/// </summary>
internal sealed class RequestOrigin
{
    private const string Any = "*";

    private readonly bool allowsAnyHost;
    private readonly List<StringSegment> hosts = ["localhost", "127.0.0.1", "[::1]"];
    private readonly HashSet<string> origins;

    /// <exception cref="InvalidOptionsException">A host or an origin is not one.</exception>
    public RequestOrigin(AphoristServerOptions options)
    {
        if (options.AllowedHosts.FirstOrDefault(host => !IsHost(host)) is string wrongHost)
            throw new InvalidOptionsException(
                $"AllowedHosts takes names of hosts without scheme and port, such as example.com, not '{wrongHost}'.",
                nameof(options.AllowedHosts));
        if (options.CorsOrigins.FirstOrDefault(origin => origin != Any && !IsOrigin(origin)) is string wrongOrigin)
            throw new InvalidOptionsException(
                $"CorsOrigins takes origins without a path, such as https://example.com, not '{wrongOrigin}'.",
                nameof(options.CorsOrigins));
        allowsAnyHost = options.AllowedHosts.Contains(Any);
        hosts.AddRange(options.AllowedHosts.Where(host => host != Any).Select(host => new StringSegment(host)));
        origins = new(options.CorsOrigins, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Checks the host that the request is addressed to.</summary>
    /// <exception cref="ApiException">The name is not one of this server's.</exception>
    public void CheckHost(HttpContext context)
    {
        HostString host = context.Request.Host;
        if (allowsAnyHost || (host.HasValue && (HostString.MatchesAny(host.Host, hosts) || IsConnectedAddress(host.Host, context)))) return;
        throw new ApiException(
            400,
            "The Host header names a host that this server does not serve. Add the name to the server's allowed hosts.",
            code: "host_not_allowed");
    }

    /// <summary>Checks which web page has sent the request, and lets the pages of allowed origins read the answer.</summary>
    /// <returns>Whether the request is a browser's question whether it may send a request (CORS preflight).</returns>
    /// <exception cref="ApiException">The page is of another origin.</exception>
    public bool CheckOrigin(HttpContext context)
    {
        IHeaderDictionary request = context.Request.Headers, response = context.Response.Headers;
        string origin = request.Origin.ToString();
        if (origins.Count > 0) response.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (origin.Length == 0)
            return request["Sec-Fetch-Site"] == "cross-site" ? throw Refused() : false;
        if (!origins.Contains(origin) && !origins.Contains(Any))
            return IsSameOrigin(origin, context.Request.Host) ? false : throw Refused();
        response.AccessControlAllowOrigin = origins.Contains(Any) ? Any : origin;
        response.AccessControlExposeHeaders = Any;
        if (!HttpMethods.IsOptions(context.Request.Method) || request.AccessControlRequestMethod.Count == 0) return false;
        response.AccessControlAllowMethods = "GET, POST";
        response.AccessControlAllowHeaders = request.AccessControlRequestHeaders;
        response.AccessControlMaxAge = "600";
        return true;
    }

    /// <summary>Whether a text can be a host: an IPv6 address has brackets.</summary>
    private static bool IsHost(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAny(" /,") && (text.EndsWith(']') || !text.Contains(':', StringComparison.Ordinal));

    /// <summary>Whether a text is an origin as browsers write it.</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a page has the origin of this server. The scheme does not matter: a reverse proxy can change it.</summary>
    private static bool IsSameOrigin(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && host.HasValue
        && string.Equals(page.Host, host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is int port ? page.Port == port : page.IsDefaultPort);

    // No name of a web site leads to a request that has an address as its host.
    private static bool IsConnectedAddress(string host, HttpContext context) =>
        context.Connection.LocalIpAddress is { } local && IPAddress.TryParse(host, out IPAddress? named)
        && named.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local);

    private static ApiException Refused() => new(
        403,
        "The request comes from a web page of another origin. To allow its pages to use the server, add it to the server's CORS origins.",
        code: "origin_not_allowed");
}
