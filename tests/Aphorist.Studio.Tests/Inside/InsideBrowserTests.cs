using System.Text.RegularExpressions;
using Aphorist.Studio.Tests.Browser;
using Aphorist.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Inside;

/// <summary>The page /inside in a browser: its scripts under the security policy.</summary>
public sealed class InsideBrowserTests(StudioBrowser browser, StudioContent content) : IClassFixture<StudioContent>
{
    private const string Own = "\"the cat,\" saw a fox.\n";

    [Fact]
    public Task Cells_OwnText_StaysAfterReloadAndBecomesAFile() => browser.VisitAsync(content.Studio, new Look(), async page =>
    {
        using TemporaryFolder folder = new();
        await page.OpenAsync("/inside/tiny/cells?text=own");
        await page.Page.GetByLabel("Your text").FillAsync(Own);
        await page.Button("Read this text").ClickAsync();
        ILocator text = page.Page.Locator(".reader #text");
        await Assertions.Expect(text).ToContainTextAsync("saw a fox.");
        // Another cell: the keys, the address, the colours and the gates follow.
        await page.Page.GetByLabel("Cell, as layer:unit").FillAsync("0:5");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator(".trace h2")).ToHaveTextAsync("Cell 0:5");
        Assert.EndsWith("#0:5", page.Page.Url, StringComparison.Ordinal);
        await text.FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "cell 0:5" })).ToBeVisibleAsync();
        await page.Page.GetByText("The numbers as a table").ClickAsync();
        await Assertions.Expect(page.Page.Locator(".trace tbody tr").First).ToBeVisibleAsync();

        await page.OpenAsync("/inside/tiny/cells?text=own");
        await Assertions.Expect(text).ToContainTextAsync("saw a fox.");
        IDownload download = await page.Page.RunAndWaitForDownloadAsync(() => page.Button("Download as a file").ClickAsync());
        Assert.Equal("tiny-cells.html", download.SuggestedFilename);
        await download.SaveAsAsync(folder["page.html"]);
        await page.Page.GotoAsync(new Uri(folder["page.html"]).AbsoluteUri);
        await Assertions.Expect(text).ToContainTextAsync("saw a fox.");
        await page.Button("中文").ClickAsync();
        await Assertions.Expect(page.Page.GetByText("门的饱和")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Surprise_Passage_IsMarkedInTheText() => browser.VisitAsync(content.Studio, new Look(), async page =>
    {
        await page.OpenAsync("/inside/tiny/surprise");
        await page.Page.Locator(".passages a").Last.ClickAsync();
        await page.Page.Locator(".line .marked").First.WaitForAsync();
        Assert.Contains("/inside/tiny/surprise#token-", page.Page.Url, StringComparison.Ordinal);
        // The page is still the same, and works.
        await page.Link("Neighbours").ClickAsync();
        await page.Page.Locator(".nearest a").First.ClickAsync();
        await page.Page.WaitForURLAsync("**/neighbours?id=*");
        // The address is that of the token, also for a browser that has signed in.
        string address = page.Page.Url;
        await page.Page.ReloadAsync();
        await page.Page.Locator(".nearest a").First.WaitForAsync();
        Assert.Equal(address, page.Page.Url);
    });

    [Fact]
    public Task Map_Keys_ZoomAndMove() => browser.VisitAsync(content.Studio, new Look(), async page =>
    {
        await page.OpenAsync("/inside/tiny/map");
        ILocator point = page.Page.Locator(".token-point").First;
        await Assertions.Expect(point).ToHaveAttributeAsync("transform", new Regex("translate"));
        string before = await PlaceAsync(point);
        await page.Page.Locator(".map svg").FocusAsync();
        await page.Page.Keyboard.PressAsync("+");
        string zoomed = await PlaceAsync(point);
        Assert.NotEqual(before, zoomed);
        await page.Page.Keyboard.PressAsync("ArrowUp");
        Assert.NotEqual(zoomed, await PlaceAsync(point));
        await page.Button("Show all").ClickAsync();
        Assert.Equal(before, await PlaceAsync(point));
        await page.Page.Locator(".map svg").FocusAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Page.Locator(".map-readout")).ToContainTextAsync("nearest on the map");

        static async Task<string> PlaceAsync(ILocator point) => await point.GetAttributeAsync("transform") ?? "";
    });
}
