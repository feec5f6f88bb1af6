using Xunit;

namespace Aphorist.Server.Tests;

/// <summary>Waits for what happens soon, with a deadline that only a defect can reach.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition, string message)
    {
        DateTime end = DateTime.UtcNow + Deadline;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, message);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
