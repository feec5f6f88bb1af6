using Aphorist.Studio.Hosting;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

public sealed class AccessibilityTests(StudioBrowser browser, StudioContent content) : IClassFixture<StudioContent>
{
    private static readonly string[] Paths =
    [
        "/", "/runs/new",
        // An option that is wrong opens the options.
        "/runs/new?hidden=0&tokenizer=words", "/run/tiny", "/runs/compare?run=tiny&run=other", "/run/gone", "/write/tiny", "/inside/tiny", "/models",
        "/models/tiny", "/learn", "/learn/text", "/learn/characters", "/learn/prediction", "/learn/training", "/learn/temperature",
        "/learn/cells",
    ];

    public static TheoryData<string, Language> Pages() =>
        [.. Paths.SelectMany(path => Enum.GetValues<Language>().Select(language => (path, language)))];

    /// <summary>Axe-core judges the contrast of both colour schemes, and the order and size of everything at both widths.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public Task Page_BothSchemesAndWidths_HasNoSeriousFault(string path, Language language) =>
        browser.VisitAsync(content.Studio, new Look(language), async page =>
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
