using System.Diagnostics;
using Aphorist.Studio.Tests.Runs;
using Aphorist.Tests;
using Aphorist.Training;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>The command `aphorist studio`, killed while a run is trained.</summary>
public sealed class KilledStudioTests(StudioBrowser browser) : IDisposable
{
    private const int Epochs = 200;

    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        KillTraining();
        folder.Dispose();
    }

    [Fact]
    public async Task Studio_KilledWhileTraining_ShowsTheRunAndResumesToTheSameWeights()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found in /proc.");
        await CreateAsync("whole");
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using (ActiveTrainingRun whole = await TrainingRun.ResumeAsync(folder["whole/tiny"], cancellationToken: cancelled))
            await foreach (TrainingEvent _ in whole.RunAsync(cancelled)) continue;

        await CreateAsync("killed");
        using (StudioProcess studio = await StudioProcess.StartAsync(folder["killed"]))
        {
            await browser.VisitAsync(studio.Link, new Look(), async page =>
            {
                await page.OpenAsync("/run/tiny");
                await page.Button("Resume").ClickAsync();
                await Expect(page.Button("Pause")).ToBeVisibleAsync();
                studio.Kill();
                await Expect(page.Page.GetByText("The connection to the studio is lost")).ToBeVisibleAsync();
                page.ForgetComplaints();
            });
        }

        // Training has gone on. It is killed, too, as if the power had failed.
        KillTraining();
        using StudioProcess restarted = await StudioProcess.StartAsync(folder["killed"]);
        await browser.VisitAsync(restarted.Link, new Look(), async page =>
        {
            await page.OpenAsync("/run/tiny");
            await page.Button("Resume").ClickAsync();
            await Expect(page.Page.GetByText("finished", new() { Exact = true })).ToBeVisibleAsync();
        });
        Assert.Equal(File.ReadAllBytes(folder["whole/tiny/model.safetensors"]), File.ReadAllBytes(folder["killed/tiny/model.safetensors"]));
        Assert.Equal(File.ReadAllBytes(folder["whole/tiny/last.safetensors"]), File.ReadAllBytes(folder["killed/tiny/last.safetensors"]));
    }

    [Fact]
    public async Task Studio_KilledWhileTraining_TrainingGoesOnAndCanBeResumedWithoutACheckpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found in /proc.");
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        await TinyRun.CreateAsync(folder["killed"], "tiny", epochs: 1_000_000);
        using (StudioProcess studio = await StudioProcess.StartAsync(folder["killed"]))
        {
            await browser.VisitAsync(studio.Link, new Look(), async page =>
            {
                await page.OpenAsync("/run/tiny");
                await page.Button("Resume").ClickAsync();
                await Expect(page.Button("Pause")).ToBeVisibleAsync();
                studio.Kill();
                await Expect(page.Page.GetByText("The connection to the studio is lost")).ToBeVisibleAsync();
                page.ForgetComplaints();
            });
        }

        Assert.Single(TrainingProcesses.Find(folder["killed/tiny"]));
        long length = StepsLength();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (StepsLength() <= length) await Task.Delay(50, limit.Token);

        KillTraining();
        using StudioProcess restarted = await StudioProcess.StartAsync(folder["killed"]);
        await browser.VisitAsync(restarted.Link, new Look(), async page =>
        {
            await page.OpenAsync("/run/tiny");
            await page.Button("Resume").ClickAsync();
            await Expect(page.Button("Pause")).ToBeVisibleAsync();
            await Expect(page.Page.Locator(".run-head .chip")).ToHaveTextAsync("training");
        });
        Assert.Single(TrainingProcesses.Find(folder["killed/tiny"]));

        long StepsLength() => new FileInfo(folder["killed/tiny/steps.csv"]) is { Exists: true, Length: long bytes } ? bytes : 0;
    }

    private Task<TrainingRun> CreateAsync(string name) => TinyRun.CreateAsync(folder[name], "tiny", Epochs, options => options with
    {
        Training = options.Training with { CheckpointInterval = TimeSpan.FromMilliseconds(100) },
    });

    private void KillTraining()
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (int id in TrainingProcesses.Find(folder["killed/tiny"]))
        {
            try
            {
                using Process training = Process.GetProcessById(id);
                training.Kill();
                training.WaitForExit();
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // It has ended meanwhile.
            }
        }
    }

    private sealed class StudioProcess : IDisposable
    {
        private readonly Process process;

        private StudioProcess(Process process, Uri link) => (this.process, Link) = (process, link);

        public Uri Link { get; }

        public static async Task<StudioProcess> StartAsync(string folder)
        {
            string command = Path.Combine(AppContext.BaseDirectory, "Aphorist.Cli.dll");
            string[] arguments = [command, "studio", folder, "--port", "0", "--no-browser"];
            Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith("Open in a browser: ", line);
            return new(process, new Uri(line!["Open in a browser: ".Length..]));
        }

        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited) Kill();
            process.Dispose();
        }
    }
}
