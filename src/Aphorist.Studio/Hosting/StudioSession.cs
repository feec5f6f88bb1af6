using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Aphorist.Studio.Hosting;

/// <summary>
/// Who may use the studio: browsers with its cookie, which they get for the token in a link. A token can be used once. The cookie is valid
/// as long as the key in the folder of the studio exists, also after a restart.
/// </summary>
public sealed class StudioSession
{
    // The oldest links stop working: nobody opens that many at the same time.
    private const int MaxTokens = 100;

    private static readonly string[] PublicPaths = ["/v1", "/health", "/metrics", "/openapi", "/assets"];

    private readonly byte[] cookie;
    private readonly List<byte[]> tokens = [];

    /// <summary>Reads the key, or creates it.</summary>
    /// <exception cref="IOException">The key cannot be read or written.</exception>
    public StudioSession(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        cookie = Encoding.ASCII.GetBytes(WebEncoders.Base64UrlEncode(HMACSHA256.HashData(ReadKey(workspace.Key), "cookie"u8)));
    }

    /// <summary>Creates the token of a link.</summary>
    public string CreateToken()
    {
        string token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
        lock (tokens)
        {
            if (tokens.Count == MaxTokens) tokens.RemoveAt(0);
            tokens.Add(Encoding.ASCII.GetBytes(token));
        }

        return token;
    }

    /// <summary>Lets a request pass that has the cookie, or gives the cookie for a token.</summary>
    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        // Other ports of this machine have other studios, and browsers send the cookies of all ports.
        string name = $"aphorist-studio-{context.Connection.LocalPort}";
        bool isKnown = request.Cookies[name] is string sent
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), cookie);
        if (request.Path == "/" && HttpMethods.IsGet(request.Method) && request.Query["token"].ToString() is { Length: > 0 } token)
        {
            if (!Use(token) && !isKnown)
            {
                await RefuseAsync(context);
                return;
            }

            context.Response.Cookies.Append(name, Encoding.ASCII.GetString(cookie), new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = request.IsHttps,
                MaxAge = TimeSpan.FromDays(30),
            });
            context.Response.Redirect("/");
            return;
        }

        if (isKnown || PublicPaths.Any(path => request.Path.StartsWithSegments(path, StringComparison.Ordinal))) await next(context);
        else await RefuseAsync(context);
    }

    private bool Use(string token)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(token);
        lock (tokens)
        {
            int index = tokens.FindIndex(known => CryptographicOperations.FixedTimeEquals(known, bytes));
            if (index >= 0) tokens.RemoveAt(index);
            return index >= 0;
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            "This browser is not signed in to the studio. A link can be used once: open the link that `aphorist studio` prints, or create "
            + "one in the browser that is signed in.\n\n此浏览器尚未登录 Studio。每个链接只能使用一次：请打开 `aphorist studio` 输出的链接，"
            + "或在已登录的浏览器中新建一个链接。\n");
    }

    private static byte[] ReadKey(string path)
    {
        const int Length = 32;
        if (File.Exists(path) && new FileInfo(path).Length == Length) return File.ReadAllBytes(path);
        byte[] key = RandomNumberGenerator.GetBytes(Length);
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream file = new(path, options);
        file.Write(key);
        return key;
    }
}

/// <summary>The steps of the pipeline in front of the pages.</summary>
internal static class StudioPipeline
{
    private static readonly string[] ProtocolPaths = ["/v1", "/health", "/metrics", "/openapi"];

    public static void UseStudioSession(this WebApplication application)
    {
        StudioSession session = application.Services.GetRequiredService<StudioSession>();
        application.Use(next => context => session.InvokeAsync(context, next));
    }

    /// <summary>Adds the headers that protect pages. The endpoints of the protocol have headers of their own.</summary>
    public static void UseStudioHeaders(this WebApplication application) => application.Use(next => context =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (ProtocolPaths.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal))) return next(context);
        headers.ContentSecurityPolicy =
            "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(context);
    });
}
