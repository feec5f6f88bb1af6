using Aphorist.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

public sealed class FirstLoadTests(StudioBrowser browser)
{
    private const int MaxBytes = 150_000;

    [Fact]
    public async Task FirstLoad_EmptyCache_TransfersLittle()
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            ICDPSession protocol = await page.Page.Context.NewCDPSessionAsync(page.Page);
            await protocol.SendAsync("Network.enable");
            await protocol.SendAsync("Network.setCacheDisabled", new() { ["cacheDisabled"] = true });
            long bytes = 0;
            protocol.Event("Network.loadingFinished").OnEvent += (_, message) =>
                Interlocked.Add(ref bytes, (long)message!.Value.GetProperty("encodedDataLength").GetDouble());
            await page.OpenAsync("/");
            Assert.InRange(Interlocked.Read(ref bytes), 1, MaxBytes);
        });
    }

    [Fact]
    public async Task Page_SecurityPolicy_AllowsOnlyItself()
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            IResponse response = (await page.Page.GotoAsync("/"))!;
            string policy = (await response.HeaderValueAsync("content-security-policy"))!;
            Assert.StartsWith("default-src 'self';", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
        });
    }
}
