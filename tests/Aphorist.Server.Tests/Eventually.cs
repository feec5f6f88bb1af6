using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Server.Tests;

/// <summary>Waits for what happens soon, with a deadline that only a defect can reach.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="message">Says what holds instead, if it never does.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> message)
    {
        DateTime end = DateTime.UtcNow + Deadline;
        while (!await condition())
        {
            if (DateTime.UtcNow > end) Assert.Fail(message());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until the only model of a server has a number of texts.</summary>
    public static async Task TextsAsync(RunningServer server, Func<GenerationScheduler, bool> condition)
    {
        ModelStore models = server.Services.GetRequiredService<ModelStore>();
        using ModelLease lease = await models.OpenAsync(null, TestContext.Current.CancellationToken);
        GenerationScheduler texts = lease.Scheduler;
        await TrueAsync(
            () => Task.FromResult(condition(texts)),
            () => $"{texts.RunningTexts} texts run, {texts.QueuedTexts} are queued, {texts.ParkedTexts} wait for their readers.");
    }

    /// <summary>Waits until no text is left.</summary>
    public static Task IdleAsync(RunningServer server) =>
        TextsAsync(server, scheduler => scheduler is { RunningTexts: 0, QueuedTexts: 0, ParkedTexts: 0 });
}
