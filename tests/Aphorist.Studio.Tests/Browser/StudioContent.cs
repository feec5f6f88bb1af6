using Aphorist.Studio.Learn;
using Aphorist.Studio.Runs;
using Aphorist.Studio.Tests.Runs;
using Aphorist.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>A studio with two finished runs, "tiny" and "other". Tests that share it leave it as it is.</summary>
public sealed class StudioContent : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    /// <summary>The studio.</summary>
    internal RunningStudio Studio { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Studio = await RunningStudio.StartAsync(folder.Path);
        Studio.Services.GetRequiredService<Tour>().Epochs = 1;
        foreach (string name in (string[])["tiny", "other"])
        {
            await TinyRun.CreateAsync(folder.Path, name, epochs: 2);
            Studio.Services.GetRequiredService<RunJobs>().Start(name);
        }

        await Task.WhenAll(Studio.WaitForRunAsync("tiny", RunActivity.Finished), Studio.WaitForRunAsync("other", RunActivity.Finished));
        // Pages that show the text have an element per token, and axe-core looks at each of them.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".studio", "texts", "tiny.txt"), TinyRun.Text[..1400]);
    }

    public async ValueTask DisposeAsync()
    {
        await Studio.DisposeAsync();
        folder.Dispose();
    }
}
