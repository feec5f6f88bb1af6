namespace Aphorist.Cli.Tests;

/// <summary>A clock that a test moves.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long now = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How far the clock moves with each look at it.</summary>
    public TimeSpan Step { get; init; }

    public override long GetTimestamp() => now += Step.Ticks;

    public void Advance(TimeSpan time) => now += time.Ticks;
}
