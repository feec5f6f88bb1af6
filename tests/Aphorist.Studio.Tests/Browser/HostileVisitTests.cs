using System.Diagnostics;
using Aphorist.Studio.Runs;
using Aphorist.Studio.Tests.Runs;
using Aphorist.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>Whatever happens: a sentence on the page, and the server goes on.</summary>
public sealed class HostileVisitTests(StudioBrowser browser) : IDisposable
{
    private const int Endless = 1_000_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Upload_OneGigabyte_IsRefusedAtOnce()
    {
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            await page.OpenAsync("/runs/new");
            await page.Page.GetByLabel("Drop text files here").EvaluateAsync("""
                input => {
                  const megabyte = new Blob([new Uint8Array(1 << 20).fill(97)]), files = new DataTransfer();
                  files.items.add(new File(Array(1024).fill(megabyte), "huge.txt", { type: "text/plain" }));
                  input.files = files.files;
                  input.dispatchEvent(new Event("change", { bubbles: true }));
                }
                """);
            await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("huge.txt");
            await GoesOnAsync(page);
        });
        Assert.Empty(Texts());
    }

    [Fact]
    public async Task Upload_BinaryData_IsASentence()
    {
        byte[] noise = new byte[50_000];
        new Random(1).NextBytes(noise);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            await page.OpenAsync("/runs/new");
            await DropAsync(page, "noise.txt", noise);
            await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("noise.txt");
            await DropAsync(page, "nothing.txt", []);
            await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("nothing.txt");
            await Expect(page.Page.GetByRole(AriaRole.Radio, new() { Name = "noise" })).ToHaveCountAsync(0);
            await GoesOnAsync(page);
        });
    }

    [Theory]
    [InlineData("../../outside.txt")]
    [InlineData("..\\..\\outside.txt")]
    [InlineData(".hidden")]
    [InlineData("<img src=x onerror=alert(1)>.txt")]
    public async Task Upload_NameThatLeadsElsewhere_StaysInTheFolder(string name)
    {
        string runs = Directory.CreateDirectory(folder["a/b/runs"]).FullName;
        await using RunningStudio studio = await RunningStudio.StartAsync(runs);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            await page.OpenAsync("/runs/new");
            // Browsers send the last part of a path; a hostile one sends anything.
            await page.Page.GetByLabel("Drop text files here").EvaluateAsync("""
                (input, [name, text]) => {
                  const file = new File([text], "x.txt", { type: "text/plain" }), files = new DataTransfer();
                  Object.defineProperty(file, "name", { value: name });
                  files.items.add(file);
                  Object.defineProperty(input, "files", { value: [file] });
                  input.dispatchEvent(new Event("change", { bubbles: true }));
                }
                """, new[] { name, TinyRun.Text });
            await Expect(page.Page.GetByText("the cat number 0 saw a fox.")).ToBeVisibleAsync();
            await GoesOnAsync(page);
        });
        EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };
        string[] files = Directory.GetFiles(folder.Path, "*", everything);
        Assert.All(files, file => Assert.StartsWith(Path.Combine(runs, ".studio"), file));
    }

    [Theory]
    [InlineData("/write/..%2F.studio%2Fkey")]
    [InlineData("/inside/..%2F.studio%2Fkey")]
    public async Task Model_NameThatLeadsElsewhere_IsASentence(string path)
    {
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            await page.OpenAsync(path);
            await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no model");
            await GoesOnAsync(page);
        });
    }

    [Fact]
    public async Task Run_TwoBrowsers_SeeWhatTheOtherDoes()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", Endless);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        studio.Services.GetRequiredService<RunJobs>().Start("tiny");
        await browser.VisitAsync(studio, new Look(), first => browser.VisitAsync(studio, new Look(), async second =>
        {
            await Task.WhenAll(first.OpenAsync("/run/tiny"), second.OpenAsync("/run/tiny"));
            await first.Button("Pause").ClickAsync();
            await Expect(second.Button("Resume")).ToBeVisibleAsync();
            // At the same time: one process trains.
            await Task.WhenAll(first.Button("Resume").ClickAsync(), second.Button("Resume").ClickAsync());
            await Expect(first.Button("Pause")).ToBeVisibleAsync();
            await Expect(second.Button("Pause")).ToBeVisibleAsync();
            await Task.WhenAll(first.Button("Pause").ClickAsync(), second.Button("Stop").ClickAsync());
            await Expect(first.Button("Resume")).ToBeVisibleAsync();
            await Expect(second.Button("Resume")).ToBeVisibleAsync();
        }));
    }

    [Fact]
    public async Task Run_FolderIsDeletedWhileItTrains_IsASentence()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", Endless);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        studio.Services.GetRequiredService<RunJobs>().Start("tiny");
        await browser.VisitAsync(studio, new Look(), async page =>
        {
            await page.OpenAsync("/run/tiny");
            await Expect(page.Button("Pause")).ToBeVisibleAsync();
            await DeleteAsync(folder["tiny"]);
            await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is no such run");
            await GoesOnAsync(page);
            // Nobody could stop it otherwise.
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(1));
            while (TrainingProcesses.Find(folder["tiny"]).Any()) await Task.Delay(50, limit.Token);
            Assert.False(Directory.Exists(folder["tiny"]));
        });
    }

    [Fact]
    public async Task Training_DiskIsFull_IsASentence()
    {
        string disk = Directory.CreateDirectory(folder["disk"]).FullName;
        bool isMounted = Run("mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk);
        Assert.SkipUnless(isMounted, "This test needs the right to mount a small disk.");
        try
        {
            await TinyRun.CreateAsync(disk, "tiny", Endless, options => options with { Model = options.Model with { HiddenSize = 100 } });
            await using RunningStudio studio = await RunningStudio.StartAsync(disk);
            studio.Services.GetRequiredService<RunJobs>().Start("tiny");
            await browser.VisitAsync(studio, new Look(), async page =>
            {
                await page.OpenAsync("/run/tiny");
                await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The disk is full");
                await GoesOnAsync(page);
            });
        }
        finally
        {
            Assert.True(Run("umount", "--lazy", disk));
        }
    }

    private static async Task GoesOnAsync(StudioPage page)
    {
        await page.OpenAsync("/learn");
        await Expect(page.Link("Start")).ToBeVisibleAsync();
    }

    private static Task DropAsync(StudioPage page, string name, byte[] bytes) => page.Page.GetByLabel("Drop text files here")
        .SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/plain", Buffer = bytes });

    // The process that trains writes files into it meanwhile.
    private static async Task DeleteAsync(string path)
    {
        while (Directory.Exists(path))
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    private string[] Texts() => Directory.GetFileSystemEntries(folder[".studio/texts"]);

    private static bool Run(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) return false;
        using Process? process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }
}
