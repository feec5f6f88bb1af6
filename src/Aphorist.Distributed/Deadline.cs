using System.Diagnostics;

namespace Aphorist.Distributed;

/// <summary>Ends the process if a call of MPI, which can hang while the network is down, does not return in time.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly ManualResetEventSlim done = new();

    /// <summary>Starts the clock.</summary>
    /// <param name="time">The longest time until <see cref="Dispose"/>.</param>
    /// <param name="exitCode">The exit code of the process after that time.</param>
    /// <param name="message">A line for standard error before that; null for none.</param>
    public Deadline(TimeSpan time, int exitCode, string? message = null)
    {
        // Not a timer, whose thread might be busy.
        Thread thread = new(() =>
        {
            if (!done.Wait(time)) NativeProcess.Exit(exitCode, message);
        });
        thread.IsBackground = true;
        thread.Start();
    }

    public void Dispose() => done.Set();
}

/// <summary>
/// Notices an exchange that lasts too long. A call of MPI can itself block, for example while it connects to a host that is gone. One
/// thread asks now and then, so that exchanges cost nothing more.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private readonly ManualResetEventSlim done = new();

    /// <summary>Starts to watch.</summary>
    /// <param name="time">The longest time of an exchange.</param>
    /// <param name="interval">The time between two questions.</param>
    /// <param name="exchange">The number of the exchange that runs; null if none does.</param>
    /// <param name="end">Called once, on another thread, if an exchange lasts longer.</param>
    public Watchdog(TimeSpan time, TimeSpan interval, Func<long?> exchange, Action end)
    {
        Thread thread = new(() =>
        {
            long? last = null;
            long start = 0;
            while (!done.Wait(interval))
            {
                long? now = exchange();
                if (now is null || now != last) (last, start) = (now, Stopwatch.GetTimestamp());
                else if (Stopwatch.GetElapsedTime(start) > time)
                {
                    end();
                    return;
                }
            }
        });
        thread.IsBackground = true;
        thread.Start();
    }

    public void Dispose() => done.Set();
}
