using System.Net;
using System.Net.WebSockets;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>Requests that no page of the studio sends.</summary>
public sealed class HostileRequestTests(StudioContent content) : IClassFixture<StudioContent>
{
    private static readonly Uri Negotiate = new("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("/assets/studio.css")]
    public async Task Request_ForeignHost_IsRefused(string path)
    {
        using HttpClient client = await content.Studio.SignInAsync();
        using HttpRequestMessage request = new(MethodFor(path), path);
        request.Headers.Host = "evil.example";
        using HttpResponseMessage response = await client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Negotiate_ForeignOrigin_IsRefused()
    {
        using HttpClient client = await content.Studio.SignInAsync();
        using HttpRequestMessage foreign = new(HttpMethod.Post, Negotiate), own = new(HttpMethod.Post, Negotiate);
        foreign.Headers.Add("Origin", "http://evil.example");
        own.Headers.Add("Origin", content.Studio.Address.GetLeftPart(UriPartial.Authority));
        using HttpResponseMessage refused = await client.SendAsync(foreign, Cancelled), accepted = await client.SendAsync(own, Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example", false)]
    [InlineData(null, true)]
    public async Task Circuit_Origin_DecidesWhetherItOpens(string? origin, bool isOpened)
    {
        CookieContainer cookies = new();
        using (HttpClient client = new(new HttpClientHandler { CookieContainer = cookies }))
            (await client.GetAsync(new Uri(content.Studio.Link), Cancelled)).Dispose();
        using ClientWebSocket socket = new();
        socket.Options.Cookies = cookies;
        socket.Options.SetRequestHeader("Origin", origin ?? content.Studio.Address.GetLeftPart(UriPartial.Authority));
        Uri address = new($"ws://{content.Studio.Address.Authority}/_blazor");
        Exception? refusal = await Record.ExceptionAsync(() => socket.ConnectAsync(address, Cancelled));
        Assert.Equal(isOpened, refusal is null);
        if (!isOpened) Assert.Contains("403", Assert.IsType<WebSocketException>(refusal).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/run/tiny")]
    [InlineData("/models/tiny")]
    public async Task Form_FromAnotherSite_ChangesNothing(string path)
    {
        using HttpClient client = await content.Studio.SignInAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("name", "evil"), new("_handler", "rename")]),
        };
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using HttpResponseMessage response = await client.SendAsync(request, Cancelled);
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.True(Directory.Exists(Path.Combine(content.Studio.Folder, "tiny")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/write/tiny")]
    [InlineData("/run/tiny")]
    [InlineData("/files/models/tiny/safetensors")]
    [InlineData("/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("/language/zh")]
    public async Task Request_WithoutCookie_IsRefused(string path)
    {
        using HttpClient client = new() { BaseAddress = content.Studio.Address };
        using HttpRequestMessage request = new(MethodFor(path), path);
        using HttpResponseMessage response = await client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Link_UsedTwice_SignsInOneBrowser()
    {
        Uri link = new(content.Studio.Link);
        using HttpClient first = new(), second = new(), invented = new();
        using HttpResponseMessage accepted = await first.GetAsync(link, Cancelled), refused = await second.GetAsync(link, Cancelled);
        Uri guess = new(content.Studio.Address, "/?token=AAAAAAAAAAAAAAAAAAAAAA");
        using HttpResponseMessage guessed = await invented.GetAsync(guess, Cancelled);
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden],
            [accepted.StatusCode, refused.StatusCode, guessed.StatusCode]);
    }

    [Theory]
    [InlineData("/files/models/..%2F..%2Fetc%2Fpasswd/safetensors")]
    [InlineData("/files/models/.studio%2Fkey/safetensors")]
    [InlineData("/files/models/tiny/..%2Foptions.json")]
    [InlineData("/assets/..%2FStudioAssets.cs")]
    [InlineData("/assets/%2Fetc%2Fpasswd")]
    public async Task File_NameThatLeadsElsewhere_IsNotFound(string path)
    {
        using HttpClient client = await content.Studio.SignInAsync();
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    // The path is sent as it is: browsers and HttpClient make %2e%2e a step to the parent.
    [Theory]
    [InlineData("/run/../../etc", 404, null)]
    [InlineData("/run/%2e%2e/%2e%2e/etc", 404, null)]
    [InlineData("/run/%2e%2e%2f%2e%2e%2fetc", 200, "There is no such run")]
    [InlineData("/run/.studio", 200, "There is no such run")]
    [InlineData("/inside/..%2F.studio%2Fkey", 200, "There is no model")]
    [InlineData("/inside/%00", 400, null)]
    [InlineData("/models/..%2F..%2Fetc", 200, "There is no such model")]
    [InlineData("/models/%2e%2e%2f%2e%2e%2fetc", 200, "There is no such model")]
    [InlineData("/runs/compare?run=..%2F..%2Fetc&run=.studio", 200, "There are no such runs.")]
    [InlineData("/learn/..%2Ftext", 200, "How a language model works")]
    public async Task Page_NameThatLeadsElsewhere_SaysThatThereIsNothing(string path, int status, string? sentence)
    {
        using HttpClient client = await content.Studio.SignInAsync();
        string address = content.Studio.Address.GetLeftPart(UriPartial.Authority) + path;
        Uri raw = new(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using HttpResponseMessage response = await client.GetAsync(raw, Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        string page = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.DoesNotContain("root:", page, StringComparison.Ordinal);
        if (sentence is not null) Assert.Contains(sentence, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        using HttpResponseMessage next = await client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData("/inside/tiny/neighbours?id=3", HttpStatusCode.OK)]
    [InlineData("/inside/tiny/neighbours?token=3", HttpStatusCode.OK)]
    [InlineData("//evil.example/?token=x", HttpStatusCode.NotFound)]
    [InlineData("/?token=x", HttpStatusCode.Redirect)]
    public async Task Page_Query_LeadsNowhereElse(string path, HttpStatusCode status)
    {
        using HttpClientHandler handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using HttpClient client = new(handler);
        (await client.GetAsync(new Uri(content.Studio.Link), Cancelled)).Dispose();
        Uri address = new(content.Studio.Address.GetLeftPart(UriPartial.Authority) + path);
        using HttpResponseMessage response = await client.GetAsync(address, Cancelled);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.Redirect ? "/" : null, response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Language_ForeignTarget_LeadsToTheStudio(string target)
    {
        using HttpClientHandler handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using HttpClient client = new(handler) { BaseAddress = content.Studio.Address };
        (await client.GetAsync(new Uri(content.Studio.Link), Cancelled)).Dispose();
        Uri address = new($"/language/zh?to={Uri.EscapeDataString(target)}", UriKind.Relative);
        using HttpResponseMessage response = await client.GetAsync(address, Cancelled);
        Assert.Equal("/", response.Headers.Location!.OriginalString);
    }

    private static HttpMethod MethodFor(string path) =>
        path.StartsWith("/_blazor", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get;
}
