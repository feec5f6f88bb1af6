using Aphorist.Studio.Hosting;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Aphorist.Studio.Tests.Browser.StudioBrowser))]

namespace Aphorist.Studio.Tests.Browser;

/// <summary>How a visitor looks at a page.</summary>
public sealed record Look(Language Language = Language.English, bool IsDark = false, int Width = 1440);

/// <summary>
/// Chromium without a window. All tests share one, and each gets a profile of its own. It is the one that is installed on this machine:
/// nothing is downloaded, and the tests are skipped where there is none.
/// </summary>
public sealed class StudioBrowser : IAsyncDisposable
{
    private const string Variable = "APHORIST_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> started = new(StartAsync);

    /// <summary>Visits a studio: signs in, does what a test wants, and fails if the browser had anything to complain about.</summary>
    /// <param name="studio">The studio.</param>
    /// <param name="look">How the visitor looks at it.</param>
    /// <param name="visit">What the visitor does.</param>
    internal Task VisitAsync(RunningStudio studio, Look look, Func<StudioPage, Task> visit) =>
        VisitAsync(new Uri(studio.Link), look, visit);

    /// <inheritdoc cref="VisitAsync(RunningStudio, Look, Func{StudioPage, Task})"/>
    /// <param name="link">The link that signs in.</param>
    internal async Task VisitAsync(Uri link, Look look, Func<StudioPage, Task> visit)
    {
        IBrowser browser = (await started.Value).Browser;
        await using IBrowserContext context = await browser.NewContextAsync(new()
        {
            BaseURL = link.GetLeftPart(UriPartial.Authority),
            Locale = look.Language == Language.Chinese ? "zh-CN" : "en-US",
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = look.Width, Height = 900 },
            AcceptDownloads = true,
        });
        // Not a limit of the tests: the machine may be busy with others.
        const int MaxMilliseconds = 60_000;
        context.SetDefaultTimeout(MaxMilliseconds);
        Assertions.SetDefaultExpectTimeout(MaxMilliseconds);
        StudioPage page = new(await context.NewPageAsync(), link);
        try
        {
            await page.OpenAsync(link.ToString());
            await visit(page);
        }
        catch (Exception)
        {
            TestContext.Current.AddAttachment("page", await page.Page.ScreenshotAsync(), "image/png");
            throw;
        }

        Assert.Empty(page.Complaints);
    }

    public async ValueTask DisposeAsync()
    {
        if (!started.IsValueCreated || !started.Value.IsCompletedSuccessfully) return;
        (IPlaywright playwright, IBrowser browser) = await started.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)> StartAsync()
    {
        string? program = Find();
        Assert.SkipWhen(program is null, $"These tests need Chromium. Install it, or name its program in {Variable}.");
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            // The sandbox of Chromium refuses to work for root, which builds in containers are.
            Args = Environment.UserName == "root" ? ["--no-sandbox", "--disable-dev-shm-usage"] : [],
        });
        return (playwright, browser);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return named;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
