using Aphorist.Studio.Hosting;
using Aphorist.Studio.Tests.Browser;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Write;

public sealed class WriteBrowserTests(StudioBrowser browser)
{
    [Fact]
    public async Task Keys_WriteBranchUndoAndReload_KeepTheText()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        await browser.VisitAsync(models.Studio, new Look(), async studio =>
        {
            IPage page = studio.Page;
            ILocator sheet = page.Locator("div.sheet");
            await studio.OpenAsync("/write/characters");
            await page.FillAsync("#length", "60");
            await page.FillAsync("#draft", "abc xyz");
            await page.PressAsync("#draft", "Control+Enter");
            await Assertions.Expect(sheet).ToHaveAttributeAsync("data-length", "67");
            await Assertions.Expect(sheet).ToBeFocusedAsync();
            string written = (await sheet.TextContentAsync())!;
            Assert.StartsWith("abc xyz", written, StringComparison.Ordinal);

            // The seventh character of the text: Home, then six steps.
            await page.Keyboard.PressAsync("Home");
            for (int step = 0; step < 6; step++) await page.Keyboard.PressAsync("ArrowRight");
            await Assertions.Expect(sheet).ToHaveAttributeAsync("data-place", "6");
            await Assertions.Expect(page.Locator("#choices-title")).ToContainTextAsync("z");
            await page.Keyboard.PressAsync("3");
            // The seven characters before it and the chosen one, then 60 more.
            await Assertions.Expect(sheet).ToHaveAttributeAsync("data-length", "67");
            await Assertions.Expect(page.Locator("[data-at].given")).ToHaveCountAsync(0);
            await Assertions.Expect(page.Locator("button.primary")).ToHaveTextAsync("Continue");
            string branched = (await sheet.TextContentAsync())!;
            Assert.Equal("abc xy", branched[..6]);
            await page.Keyboard.PressAsync("Control+z");
            await Assertions.Expect(sheet).ToHaveTextAsync(written, new() { UseInnerText = false });
            await page.Keyboard.PressAsync("Control+Shift+z");
            await Assertions.Expect(sheet).ToHaveTextAsync(branched);

            await page.WaitForFunctionAsync(
                "text => JSON.parse(sessionStorage.getItem('aphorist-write') ?? '{}').Text === text", branched);
            await studio.OpenAsync("/write/characters");
            await Assertions.Expect(sheet).ToHaveTextAsync(branched);
            Assert.Equal("60", await page.InputValueAsync("#length"));
        });
    }

    [Fact]
    public async Task Edit_UnknownCharacter_IsNamedAndCanBeLeftOut()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        await browser.VisitAsync(models.Studio, new Look(Language.Chinese), async studio =>
        {
            IPage page = studio.Page;
            await studio.OpenAsync("/write/characters");
            await page.FillAsync("#draft", "ab<猫>c");
            await page.ClickAsync("button.primary");
            await Assertions.Expect(page.Locator(".write-problem")).ToContainTextAsync("模型不认识字符“<”");
            await page.ClickAsync(".write-problem button");
            await Assertions.Expect(page.Locator("div.sheet")).ToHaveTextAsync("abc");
        });
    }

    [Theory]
    [InlineData(Language.English)]
    [InlineData(Language.Chinese)]
    public async Task Page_WithATextAndAComparison_HasNoSeriousFault(Language language)
    {
        await using WriteModels models = await WriteModels.StartAsync();
        await browser.VisitAsync(models.Studio, new Look(language), async studio =>
        {
            IPage page = studio.Page;
            await studio.OpenAsync("/write/characters");
            await page.FillAsync("#top-k", "3");
            await page.FillAsync("#draft", "abc");
            await page.PressAsync("#draft", "Control+Enter");
            await Assertions.Expect(page.Locator("div.sheet")).ToHaveAttributeAsync("data-length", "403");
            await page.Locator("div.sheet span[title]").Nth(5).ClickAsync();
            await Assertions.Expect(page.Locator(".bar.current")).ToHaveCountAsync(1);
            await CheckAsync(studio);
            await page.Locator(".tools button", new() { HasTextString = language == Language.Chinese ? "对比" : "Compare" }).ClickAsync();
            await page.ClickAsync(".tools button.primary");
            string take = language == Language.Chinese ? "用这个继续" : "Continue with this";
            await Assertions.Expect(page.Locator(".column button:enabled", new() { HasTextString = take })).ToHaveCountAsync(4);
            await CheckAsync(studio);
        });
    }

    private static async Task CheckAsync(StudioPage studio)
    {
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            foreach (int width in (int[])[1440, 390])
            {
                await studio.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await studio.Page.SetViewportSizeAsync(width, 900);
                string faults = await studio.FindFaultsAsync();
                Assert.True(faults.Length == 0, $"{scheme}, {width} pixels wide:\n{faults}");
                Assert.True(await studio.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
            }
        }
    }
}
