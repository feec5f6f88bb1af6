using System.Text;
using Aphorist.Studio.Hosting;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

public sealed class AccessibilityTests(StudioBrowser browser, StudioContent content) : IClassFixture<StudioContent>
{
    // Each page, and what is there when it has loaded.
    private static readonly (string Path, string Ready)[] Pages =
    [
        ("/", "table"), ("/runs/new", ".start-panel .facts"),
        // An option that is wrong opens the options.
        ("/runs/new?hidden=0&tokenizer=words", ".options .error-text"),
        ("/run/tiny", ".samples"), ("/runs/compare?run=tiny&run=other", "table"), ("/run/gone", "h1"), ("/write/tiny", "#draft:enabled"),
        ("/inside/tiny", ".trace polyline"), ("/inside/tiny/surprise", ".passages a"), ("/inside/tiny/neighbours", ".nearest a"),
        ("/inside/tiny/map", ".token-point"), ("/inside/tiny/weights", "canvas[style]"), ("/models", ".models"), ("/models/tiny", ".facts"),
        ("/learn", ".lesson-list"), ("/learn/text", ".lesson-text"), ("/learn/characters", ".lesson-characters"),
        ("/learn/prediction", ".next-characters >> nth=1"), ("/learn/training", ".lesson-task"), ("/learn/temperature", ".lesson-written"),
        ("/learn/cells", ".lesson-text span"),
    ];

    /// <summary>Axe-core judges the contrast of both colour schemes, and the order and size of everything at both widths.</summary>
    [Theory]
    [InlineData(Language.English)]
    [InlineData(Language.Chinese)]
    public Task Pages_BothSchemesAndWidths_HaveNoSeriousFault(Language language) =>
        browser.VisitAsync(content.Studio, new Look(language), async page =>
        {
            StringBuilder faults = new();
            foreach ((string path, string ready) in Pages)
            {
                await page.OpenAsync(path);
                await page.Page.Locator(ready).First.WaitForAsync();
                foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                {
                    foreach (int width in (int[])[1440, 390])
                    {
                        await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                        await page.Page.SetViewportSizeAsync(width, 900);
                        string found = await page.FindFaultsAsync();
                        if (found.Length > 0) faults.Append(null, $"{path}, {scheme}, {width} pixels wide:\n{found}");
                    }
                }
            }

            Assert.Equal("", faults.ToString());
        });
}
