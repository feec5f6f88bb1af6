using Xunit;

namespace Aphorist.Distributed.Tests.Mpi;

public sealed class WatchdogTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void Watch_OneExchangeDoesNotEnd_ActsOnce()
    {
        int calls = 0;
        using ManualResetEventSlim called = new();
        using Watchdog watchdog = new(TimeSpan.FromMilliseconds(5), Interval, () => 7, () =>
        {
            calls++;
            called.Set();
        });
        Assert.True(called.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Watch_NewExchangesOrNone_DoesNothing(bool areRunning)
    {
        long questions = 0;
        int calls = 0;
        using ManualResetEventSlim asked = new();
        using Watchdog watchdog = new(TimeSpan.Zero, Interval, Ask, () => calls++);
        Assert.True(asked.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, calls);

        long? Ask()
        {
            if (++questions == 20) asked.Set();
            return areRunning ? questions : null;
        }
    }
}
