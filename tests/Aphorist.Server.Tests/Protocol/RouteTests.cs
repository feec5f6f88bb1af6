using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class RouteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/{**path}", "/v1/other")]
    [InlineData("/v1/{**path}", "/v1/completions")]
    [InlineData("/v1/{first}/{**rest}", "/v1/other/x")]
    [InlineData("/v1/models/{id}", "/v1/models/other")]
    [InlineData("/v1/completions", "/v1/completions")]
    public async Task Routes_OfAnApplicationBelowV1_AreItsOwn(string pattern, string path)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAphorist(_ => { });
        await using WebApplication application = builder.Build();
        application.MapAphorist();
        application.Map(pattern, (RequestDelegate)(context => context.Response.WriteAsync("own")));
        application.MapFallback((RequestDelegate)(context => context.Response.WriteAsync("fallback")));
        application.Urls.Add("http://127.0.0.1:0");
        await application.StartAsync(Cancel);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };

        Assert.Equal("own", await SendAsync(HttpMethod.Put, path));
        Assert.Contains("\"object\":\"list\"", await SendAsync(HttpMethod.Get, "/v1/models"), StringComparison.Ordinal);
        Assert.Contains("There is no model", await SendAsync(HttpMethod.Get, "/v1/models/other"), StringComparison.Ordinal);
        Assert.Contains("There is no model", await SendAsync(HttpMethod.Post, "/v1/completions"), StringComparison.Ordinal);
        Assert.Equal("fallback", await SendAsync(HttpMethod.Get, "/other"));

        async Task<string> SendAsync(HttpMethod method, string url)
        {
            using HttpRequestMessage request = new(method, new Uri(url, UriKind.Relative));
            if (method != HttpMethod.Get) request.Content = new StringContent("""{"model": "other"}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.SendAsync(request, Cancel);
            return await answer.Content.ReadAsStringAsync(Cancel);
        }
    }
}
