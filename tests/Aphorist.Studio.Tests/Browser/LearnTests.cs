using Aphorist.Studio.Hosting;
using Aphorist.Studio.Learn;
using Aphorist.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Aphorist.Studio.Tests.Browser;

public sealed class LearnTests(StudioBrowser browser)
{
    [Fact]
    public async Task Tour_AllSteps_ShowARealModelThatLearns()
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        studio.Services.GetRequiredService<Tour>().Epochs = 1;
        await browser.VisitAsync(studio, new Look(Width: 390), async page =>
        {
            await page.OpenAsync("/learn");
            await page.Link("Start").ClickAsync();

            await page.Page.GetByLabel("Count a word in the fables").FillAsync("mouse");
            await Expect(page.Page.GetByText("“mouse” occurs")).ToBeVisibleAsync();
            await Expect(page.Page.Locator("mark").First).ToHaveTextAsync("mouse");
            await page.Link("Next: Characters").ClickAsync();

            await page.Page.GetByLabel("Type a few characters").FillAsync("aé");
            await Expect(page.Page.GetByText("Not in the fables")).ToBeVisibleAsync();
            await page.Link("Next: Prediction").ClickAsync();

            ILocator after = page.Page.GetByRole(AriaRole.Table, new() { Name = "After training" });
            await page.Page.GetByLabel("Type a beginning").FillAsync("The fox sai");
            await Expect(after.GetByRole(AriaRole.Rowheader).First).ToHaveTextAsync("d");
            await page.Link("Next: Training").ClickAsync();

            await page.Button("Train it again from the start").ClickAsync();
            await Expect(page.Button("Stop")).ToBeVisibleAsync();
            await Expect(page.Button("Train it again from the start")).ToBeVisibleAsync();
            await Expect(page.Page.GetByText("0 steps", new() { Exact = true })).ToBeVisibleAsync();
            await page.Link("Next: Temperature").ClickAsync();

            ILocator written = page.Page.Locator(".lesson-written");
            await Expect(written).ToContainTextAsync("The fox ");
            string before = await written.InnerTextAsync();
            await page.Page.GetByRole(AriaRole.Slider).FillAsync("20");
            await Expect(written).Not.ToHaveTextAsync(before);
            await page.Link("Next: Cells").ClickAsync();

            await page.Page.GetByRole(AriaRole.Spinbutton).FillAsync("3");
            await page.Page.GetByRole(AriaRole.Spinbutton).PressAsync("Tab");
            await Expect(page.Page.Locator(".lesson-text span").First).ToBeVisibleAsync();
            await page.Button("Write with this model").ClickAsync();
            await Expect(page.Page.GetByRole(AriaRole.Combobox)).ToHaveValueAsync("lesson-fables");
        });
    }

    [Fact]
    public async Task Tour_ModelIsTrainedMeanwhile_PageIsReloadedInChinese()
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        studio.Services.GetRequiredService<Tour>().Epochs = 1;
        await browser.VisitAsync(studio, new Look(Language.Chinese), async page =>
        {
            await page.OpenAsync("/learn/temperature");
            await page.OpenAsync("/learn/temperature");
            await Expect(page.Page.Locator(".lesson-written")).ToContainTextAsync("小狐狸");
            await page.OpenAsync("/learn/nothing");
            await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("语言模型是怎样工作的");
        });
    }
}
