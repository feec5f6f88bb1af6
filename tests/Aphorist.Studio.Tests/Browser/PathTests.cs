using System.Text;
using System.Text.RegularExpressions;
using Aphorist.Tests;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>The whole way of a visitor: from a text to a trained model that is taken away.</summary>
public sealed class PathTests(StudioBrowser browser)
{
    private static readonly string[] Words = ["cat", "fox", "owl", "red hen", "old dog", "bee", "tall man", "snail"];

    private static readonly Random Chance = new(1);

    // It takes a few seconds to read, so that the chart moves, and much in it is chance, so that temperatures differ.
    private static readonly string Text = string.Concat(Enumerable.Range(0, 20_000)
        .Select(_ => $"the {AnyOf(Words)} saw a {AnyOf(Words)} and {AnyOf(Words)} {AnyOf(Words)}.\n"));

    [Fact]
    public Task Studio_ByMouse_TrainsWritesLooksInsideAndShares() => WalkAsync(page => new MouseHands(page));

    [Fact]
    public Task Studio_ByKeyboardAlone_TrainsWritesLooksInsideAndShares() => WalkAsync(page => new KeyboardHands(page));

    private async Task WalkAsync(Func<IPage, Hands> create)
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            Hands hands = create(page.Page);
            await TrainAsync(page, hands);
            await WriteAsync(page, hands);
            await LookInsideAsync(page, hands);
            await TakeAwayAsync(page, hands, folder);
        });
    }

    private static async Task TrainAsync(StudioPage page, Hands hands)
    {
        await hands.PressAsync(page.Link("Train your first model"));
        FilePayload file = new() { Name = "animals.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(Text) };
        await hands.ChooseFileAsync(page.Page.GetByLabel("Drop text files here"), file);
        // The built-in fables were chosen before.
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "animals", Exact = true })).ToBeVisibleAsync();
        await Expect(page.Page.GetByText("characters · vocabulary of")).ToBeVisibleAsync();
        await hands.PressAsync(page.Page.Locator("summary").Filter(new() { HasText = "Options" }));
        await hands.TypeAsync(page.Page.GetByLabel("Epochs", new() { Exact = true }), "2");
        await hands.TypeAsync(page.Page.GetByLabel("Hidden size", new() { Exact = true }), "48");

        // How often the curve changes.
        await page.Page.EvaluateAsync("""
            () => {
              const seen = new Set();
              new MutationObserver(() => {
                const lines = [...document.querySelectorAll("main .chart polyline")].map(line => line.getAttribute("points"));
                if (lines.length) seen.add(lines.join());
                document.documentElement.dataset.curves = seen.size;
              }).observe(document.body, { subtree: true, childList: true, attributes: true });
            }
            """);
        await hands.PressAsync(page.Button("Start training"));
        ILocator slider = page.Page.GetByLabel("Epoch of the samples");
        await Expect(page.Link("Write with it")).ToHaveClassAsync("button primary");
        await Expect(slider).ToHaveAttributeAsync("aria-valuetext", "epoch 2");
        int curves = int.Parse((await page.Page.Locator("html").GetAttributeAsync("data-curves"))!, null);
        Assert.True(curves > 1, "The chart did not move.");

        ILocator sample = page.Page.GetByRole(AriaRole.Article).First;
        string last = await sample.InnerTextAsync();
        await hands.SlideToStartAsync(slider);
        await Expect(slider).ToHaveAttributeAsync("aria-valuetext", "epoch 1");
        await Expect(sample).Not.ToHaveTextAsync(last);
        await hands.PressAsync(page.Link("Write with it"));
    }

    private static async Task WriteAsync(StudioPage page, Hands hands)
    {
        ILocator sheet = page.Page.GetByRole(AriaRole.Group, new() { Name = "Text", Exact = true });
        await Expect(page.Button("Write")).ToBeEnabledAsync();
        await hands.TypeAsync(page.Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Length" }), "200");
        // The model and the texts are the same in every run of the test.
        await hands.TypeAsync(page.Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Seed" }), "1");
        await hands.TypeAsync(page.Page.GetByLabel("Your text"), "the fox ");
        await hands.PressAsync(page.Button("Compare"));
        await hands.PressAsync(page.Button("Write all"));
        ILocator columns = page.Page.GetByRole(AriaRole.Group, new() { Name = "Text at temperature" });
        await Expect(columns).ToHaveCountAsync(4);
        await Expect(page.Button("Continue with this").Last).ToBeEnabledAsync();
        IReadOnlyList<string> texts = await columns.AllTextContentsAsync();
        Assert.Equal(4, texts.Distinct().Count());
        await hands.PressAsync(page.Button("Continue with this").Last);
        await Expect(sheet).ToHaveAttributeAsync("data-length", "208");
        // A column shows the end of the prompt, too.
        string written = texts[^1];
        Assert.StartsWith("the fox ", written);
        Assert.Equal(written, await sheet.TextContentAsync());

        await hands.SelectFromEndAsync(sheet, 20);
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Instead of" })).ToBeVisibleAsync();
        await hands.ChooseSecondAsync();
        await Expect(sheet).Not.ToHaveTextAsync(written);
        Assert.StartsWith(written[..188], await sheet.TextContentAsync());
    }

    private static async Task LookInsideAsync(StudioPage page, Hands hands)
    {
        await hands.PressAsync(MainLink(page, "Look inside"));
        ILocator cell = page.Page.GetByLabel("Cell, as layer:unit"), text = page.Page.Locator("pre.text");
        await Expect(text).ToContainTextAsync("the");
        string before = await cell.InputValueAsync();
        await hands.PressAsync(page.Page.GetByLabel("Next cell"));
        await Expect(cell).Not.ToHaveValueAsync(before);
    }

    private static async Task TakeAwayAsync(StudioPage page, Hands hands, TemporaryFolder folder)
    {
        await hands.PressAsync(MainLink(page, "Models"));
        await hands.PressAsync(page.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "animals" }));

        IDownload shared = await page.Page.RunAndWaitForDownloadAsync(() => hands.PressAsync(page.Button("Download as HTML")));
        string file = folder["shared/animals.html"];
        await shared.SaveAsAsync(file);
        IPage opened = await page.Page.Context.NewPageAsync();
        await opened.GotoAsync(new Uri(file).AbsoluteUri);
        await hands.On(opened).PressAsync(opened.GetByRole(AriaRole.Button, new() { Name = "Write", Exact = true }));
        await Expect(opened.Locator("#text")).ToHaveTextAsync(new Regex(".{100,}", RegexOptions.Singleline));
        await opened.CloseAsync();

        IDownload model = await page.Page.RunAndWaitForDownloadAsync(() => hands.PressAsync(page.Link("Model file")));
        await model.SaveAsAsync(folder["shared/animals.safetensors"]);
        Assert.Equal(48, LanguageModel.Load(folder["shared/animals.safetensors"]).Spec.HiddenSize);
    }

    private static ILocator MainLink(StudioPage page, string name) =>
        page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = name });

    // The first words are more frequent: a temperature does not change equal probabilities.
    private static string AnyOf(string[] words) => words[Chance.Next(words.Length) * Chance.Next(words.Length) / words.Length];
}
