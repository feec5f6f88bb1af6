using Aphorist.Studio.Hosting;
using Aphorist.Tests;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

public sealed class AccessibilityTests(StudioBrowser browser)
{
    public static TheoryData<string, Language> Pages()
    {
        TheoryData<string, Language> pages = [];
        foreach (string path in (string[])["/", "/runs/new", "/write", "/inside", "/models", "/learn"])
            foreach (Language language in Enum.GetValues<Language>())
                pages.Add(path, language);
        return pages;
    }

    /// <summary>Axe-core judges the contrast of both colour schemes, and the order and size of everything at both widths.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_BothSchemesAndWidths_HasNoSeriousFault(string path, Language language)
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(language), async page =>
        {
            await page.OpenAsync(path);
            foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                foreach (int width in (int[])[1440, 390])
                {
                    await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                    await page.Page.SetViewportSizeAsync(width, 900);
                    string faults = await page.FindFaultsAsync();
                    Assert.True(faults.Length == 0, $"{path}, {scheme}, {width} pixels wide:\n{faults}");
                }
            }
        });
    }
}
