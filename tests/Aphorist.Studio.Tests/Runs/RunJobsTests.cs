using Aphorist.Studio.Runs;
using Aphorist.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Runs;

/// <summary>Real training processes, started by a studio.</summary>
public sealed class RunJobsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Start_Run_TrainsInAProcessThatOutlivesTheStudio()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", epochs: 3);
        await using (RunningStudio studio = await RunningStudio.StartAsync(folder.Path))
        {
            studio.Services.GetRequiredService<RunJobs>().Start("tiny");
        }

        await using RunningStudio second = await RunningStudio.StartAsync(folder.Path);
        RunView view = await WaitAsync(second, "tiny", view => view.Activity == RunActivity.Finished);
        Assert.Equal([1, 2, 3], view.SampledEpochs);
        Assert.Equal(3, view.Summary.Epochs.Count);
        Assert.NotEmpty(view.Steps);
        Assert.Equal(["0.2", "0.5", "1.0", "1.2"], SampleText.Read(view.Summary.Run.Folder, 3)!.Texts.Select(text => text.Temperature));
    }

    [Fact]
    public async Task Stop_Training_PausesOrStopsAndCanBeResumed()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", epochs: 1_000_000);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        RunJobs jobs = studio.Services.GetRequiredService<RunJobs>();
        jobs.Start("tiny");
        RunView training = await WaitAsync(
            studio, "tiny", view => view is { Activity: RunActivity.Training, Steps.Count: > 0, Remaining: not null });
        Assert.InRange(training.EpochShare!.Value, 0, 1);
        jobs.Stop(training.Summary, isFinal: false);
        RunView paused = await WaitAsync(studio, "tiny", view => !view.IsActive);
        Assert.Equal((RunActivity.Paused, null), (paused.Activity, paused.Error));
        jobs.Start("tiny");
        await WaitAsync(studio, "tiny", view => view.Activity == RunActivity.Training);
        jobs.Stop(training.Summary, isFinal: true);
        Assert.Equal(RunActivity.Stopped, (await WaitAsync(studio, "tiny", view => !view.IsActive)).Activity);
    }

    [Fact]
    public async Task Start_TwiceAtOnce_StartsOneProcess()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are found in /proc.");
        await TinyRun.CreateAsync(folder.Path, "tiny", epochs: 1_000_000);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        RunJobs jobs = studio.Services.GetRequiredService<RunJobs>();
        Parallel.Invoke(() => jobs.Start("tiny"), () => jobs.Start("tiny"));
        RunView training = await WaitAsync(studio, "tiny", view => view is { Activity: RunActivity.Training, Steps.Count: > 0 });
        jobs.Start("tiny");
        Assert.Single(TrainingProcesses.Find(folder["tiny"]));
        Assert.Empty(await File.ReadAllTextAsync(folder[".studio/jobs/tiny.log"], TestContext.Current.CancellationToken));
        jobs.Stop(training.Summary, isFinal: false);
        await WaitAsync(studio, "tiny", view => !view.IsActive);
    }

    [Fact]
    public async Task Start_TextIsGone_ShowsTheError()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", epochs: 1);
        File.Delete(folder[".studio/texts/tiny.txt"]);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        studio.Services.GetRequiredService<RunJobs>().Start("tiny");
        RunView view = await WaitAsync(studio, "tiny", view => view.Activity == RunActivity.Failed);
        Assert.Contains("tiny.txt", view.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ChangedOptions_TrainsLonger()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", epochs: 1);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        RunJobs jobs = studio.Services.GetRequiredService<RunJobs>();
        jobs.Start("tiny");
        await WaitAsync(studio, "tiny", view => view.Activity == RunActivity.Finished);
        jobs.Start("tiny", "--epochs", "2");
        await WaitAsync(studio, "tiny", view => view is { Activity: RunActivity.Finished, Summary.Epochs.Count: 2 });
    }

    [Fact]
    public async Task Watch_RunIsDeleted_SaysSo()
    {
        await TinyRun.CreateAsync(folder.Path, "tiny", epochs: 1);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool wasSeen = false;
        using IDisposable watching = studio.Services.GetRequiredService<RunWatch>().Watch("tiny", view =>
        {
            if (view is null && wasSeen) gone.TrySetResult();
            else if (view is not null && !wasSeen)
            {
                wasSeen = true;
                Directory.Delete(folder["tiny"], recursive: true);
            }
        });
        await gone.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static async Task<RunView> WaitAsync(RunningStudio studio, string name, Func<RunView, bool> isReached)
    {
        RunWatch watch = studio.Services.GetRequiredService<RunWatch>();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            if (watch.Look(name) is { } view && isReached(view)) return view;
            await Task.Delay(50, limit.Token);
        }
    }
}
