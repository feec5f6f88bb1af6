using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aphorist.Studio.Hosting;

/// <summary>The languages of the studio.</summary>
public enum Language
{
    /// <summary>English.</summary>
    English,

    /// <summary>Simplified Chinese.</summary>
    Chinese,
}

/// <summary>Which language a browser wants: the one that was chosen on the page, or that of the browser.</summary>
internal static class LanguageChoice
{
    private const string Cookie = "aphorist-language";

    public static Language Of(HttpRequest request)
    {
        string wanted = request.Cookies[Cookie] ?? request.Headers.AcceptLanguage.ToString();
        return wanted.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English;
    }

    /// <summary>/language/zh?to=/write shows the page /write in Chinese from now on.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/language/{code}", Choose);

    private static void Choose(string code, string? to, HttpContext context)
    {
        context.Response.Cookies.Append(
            Cookie, code == "zh" ? "zh" : "en", new CookieOptions { SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365) });
        // A path of this server, and no address of another one. A header has only ASCII characters.
        bool isLocal = to is ['/', ..] and not ['/', '/' or '\\', ..];
        Uri? page = null;
        if (isLocal) Uri.TryCreate($"http://localhost{to}", UriKind.Absolute, out page);
        context.Response.Redirect(page?.PathAndQuery ?? "/");
    }
}
