using System.Net;
using Aphorist.Server.Observability;
using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Aphorist.Server.Security;

/// <summary>Checks every request before its endpoint sees it, and ends requests that take too long.</summary>
internal sealed partial class RequestGuard
{
    /// <summary>The key of <see cref="HttpContext.Items"/> under which endpoints find who asks: a text.</summary>
    public const string ClientItem = "Aphorist.Client";

    // A text that takes too long ends itself, with an error that the client can read, if the client reads.
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(10);

    // The rest of a body that is too large is read and discarded. Clients that are still sending it would not see the answer otherwise.
    private const long MaxDiscardedBytes = 64 << 20;

    private readonly AphoristServerOptions options;
    private readonly RequestOrigin origin;
    private readonly ApiKeys? keys;
    private readonly FailedAttempts failures;
    private readonly IPAddress[] proxies;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    public RequestGuard(AphoristServerOptions options, TimeProvider time, ILogger<RequestGuard> logger, ILogger<ApiKeys> keyLogger)
    {
        (this.options, this.time, this.logger) = (options, time, logger);
        origin = new RequestOrigin(options);
        keys = options.ApiKeyFile is string file ? new ApiKeys(file, time, keyLogger) : null;
        failures = new FailedAttempts(time);
        proxies = [.. options.TrustedProxies.Select(proxy => AddressText.Parse(proxy)
            ?? throw new InvalidOptionsException($"TrustedProxies takes IP addresses, not '{proxy}'.", nameof(options.TrustedProxies)))];
    }

    /// <summary>Checks a request and runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        long start = time.GetTimestamp();
        // A reader can be slow, for example a person, and its text waits for it. Until the answer is complete, the deadline limits this.
        IHttpMinResponseDataRateFeature? speed = context.Features.Get<IHttpMinResponseDataRateFeature>();
        MinDataRate? minimum = speed?.MinDataRate;
        if (speed is not null) speed.MinDataRate = null;
        using CancellationTokenSource deadline = new(options.RequestTimeout + TimeToReport, time);
        using CancellationTokenRegistration abortion = deadline.Token.UnsafeRegister(static one => ((HttpContext)one!).Abort(), context);
        try
        {
            await ErrorResponse.HandleAsync(context, checkedContext => CheckAsync(checkedContext, next));
            CountIfRefused(context);
            // Waits until the rest of the answer fits into the buffers of the connection.
            await context.Response.CompleteAsync();
        }
        finally
        {
            // What is in the buffers now is sent without a deadline. A client that never reads it must not keep its connection.
            if (speed is not null) speed.MinDataRate = minimum;
            if (logger.IsEnabled(LogLevel.Information))
                LogRequest(
                    context.Request.Method, context.Request.Path, context.Response.StatusCode,
                    time.GetElapsedTime(start).TotalMilliseconds, AddressOf(context));
        }
    }

    private async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        AddSecurityHeaders(context.Response.Headers);
        IPAddress address = AddressOf(context);
        context.Items[ClientItem] = address.ToString();
        if (!IsPublic(context))
        {
            origin.CheckHost(context);
            if (origin.CheckOrigin(context))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            if (keys is not null) context.Items[ClientItem] = CheckKey(keys, context, address);
        }

        CheckBody(context);
        await next(context);
    }

    private static bool IsPublic(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<UnguardedEndpoint>() is not null;

    /// <summary>Counts a request that no endpoint counts, because none was reached.</summary>
    private static void CountIfRefused(HttpContext context)
    {
        int status = context.Response.StatusCode;
        if (status < StatusCodes.Status400BadRequest || context.Features.Get<RequestMetrics>() is not null || IsPublic(context)) return;
        context.RequestServices.GetRequiredService<ServerMetrics>().Start("").End(status);
    }

    private static void AddSecurityHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
    }

    /// <summary>Checks the API key.</summary>
    /// <returns>The name of the key.</returns>
    private string CheckKey(ApiKeys keys, HttpContext context, IPAddress address)
    {
        const string Scheme = "Bearer ";
        if (failures.WaitOf(address) is { } wait)
            throw new ApiException(
                429, "Too many requests with a wrong API key came from this address. Try again later.", code: "too_many_failures")
            {
                RetryAfter = wait,
            };
        string header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new ApiException(
                401, "The API key is missing. Send it in the header: Authorization: Bearer KEY", code: "invalid_api_key");
        if (keys.NameOf(header[Scheme.Length..].Trim()) is string name) return name;
        failures.Add(address);
        if (failures.WaitOf(address) is not null) LogBlocked(FailedAttempts.Limit, address);
        throw new ApiException(401, "The API key is wrong.", code: "invalid_api_key");
    }

    /// <summary>Only JSON is accepted: a form of a web page of another origin cannot send it.</summary>
    private void CheckBody(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.MaxRequestBytes + MaxDiscardedBytes;
        if (request.ContentLength > options.MaxRequestBytes)
            throw new ApiException(
                413, $"The request body has {request.ContentLength} bytes. At most {options.MaxRequestBytes} are allowed.");
        // Unknown routes and methods have errors of their own.
        if (context.GetEndpoint() is RouteEndpoint && HttpMethods.IsPost(request.Method) && !IsJson(request.ContentType))
            throw new ApiException(415, "The body must be JSON. Send the header: Content-Type: application/json");
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    private IPAddress AddressOf(HttpContext context)
    {
        IPAddress address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (!proxies.Contains(address)) return address;
        // A proxy adds its client at the end. What is before comes from the client and can be false.
        string last = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return AddressText.ParseWithPort(last) ?? address;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} wrong API keys came from {Address}, whose requests are refused for the rest of the minute.")]
    private partial void LogBlocked(int count, IPAddress address);

    [LoggerMessage(LogLevel.Information, "{Method} {Path} {Status} {Milliseconds:F0} ms {Address}")]
    private partial void LogRequest(string method, string path, int status, double milliseconds, IPAddress address);
}
