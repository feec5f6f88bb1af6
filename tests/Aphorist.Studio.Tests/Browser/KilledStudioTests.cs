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
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are found in /proc.");
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

    private Task<TrainingRun> CreateAsync(string name) => TinyRun.CreateAsync(folder[name], "tiny", Epochs, options => options with
    {
        Training = options.Training with { CheckpointInterval = TimeSpan.FromMilliseconds(100) },
    });

    private void KillTraining()
    {
        foreach (string process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), null, out int _)))
        {
            try
            {
                string command = File.ReadAllText(Path.Combine(process, "cmdline"));
                if (!command.Contains(folder["killed/tiny"], StringComparison.Ordinal)) continue;
                using Process training = Process.GetProcessById(int.Parse(Path.GetFileName(process), null));
                training.Kill();
                training.WaitForExit();
            }
            catch (Exception exception) when (
                exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
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
