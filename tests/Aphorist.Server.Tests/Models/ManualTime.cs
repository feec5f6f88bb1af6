namespace Aphorist.Server.Tests.Models;

/// <summary>A clock that a test moves. Its timers run when it moves.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> timers = [];
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, () => callback(state), dueTime, period);
        lock (timers) timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        long end = ticks + by.Ticks;
        while (Next(end) is { } next)
        {
            ticks = next.Due;
            next.Fire();
        }

        ticks = end;
    }

    private ManualTimer? Next(long end)
    {
        // Requests start and end timers on other threads.
        lock (timers) return timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
    }

    private sealed class ManualTimer(ManualTime time, Action callback, TimeSpan dueTime, TimeSpan period) : ITimer
    {
        public long Due { get; private set; } = time.ticks + dueTime.Ticks;

        public void Fire()
        {
            if (period > TimeSpan.Zero) Due += period.Ticks;
            else Dispose();
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (time.timers) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
