namespace Aphorist.Numerics;

/// <summary>
/// Threads that share out numbered tasks: the caller is one of them, the others wait between two calls. Which thread runs a task is
/// left to chance; a task must write only what belongs to its number.
/// </summary>
/// <remarks>
/// A call ends when its tasks are done, not when every thread has looked in: a thread that the system has put aside holds up nobody. One word
/// tells the round and how many tasks are left to take; taking one is a compare-and-exchange of that word, so a latecomer can only fail.
/// </remarks>
internal sealed class Workers : IDisposable
{
    // How often a waiting thread looks before it sleeps. Calls follow each other within microseconds while training; a look takes some nanoseconds.
    private const int Looks = 4000;

    private readonly Thread[] threads;
    private readonly SemaphoreSlim[] wake;
    private readonly int[] asleep;
    private Action<int, int>? body;
    private int taskCount;
    private int unfinished;
    private int busy;
    private ulong tickets;
    private Exception? failure;
    private volatile bool stopping;

    /// <param name="count">Threads in all, the caller's included; 0 takes one for each processor.</param>
    public Workers(int count = 0)
    {
        Count = count > 0 ? count : Environment.ProcessorCount;
        threads = new Thread[Count - 1];
        wake = [.. threads.Select(_ => new SemaphoreSlim(0))];
        asleep = new int[threads.Length];
        for (int index = 0; index < threads.Length; index++)
        {
            int worker = index + 1;
            threads[index] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"Aphorist worker {worker}" };
            threads[index].Start();
        }
    }

    /// <summary>Threads in all, the caller's included.</summary>
    public int Count { get; }

    /// <summary>The number of threads that sleep because there were no tasks for a while.</summary>
    internal int SleepingThreads => asleep.Count(flag => flag == 1);

    /// <summary>Runs tasks 0 to <paramref name="tasks"/> - 1 and returns when all are done.</summary>
    /// <param name="tasks">The number of them.</param>
    /// <param name="task">Is given the number of the task and that of the thread, below <see cref="Count"/>. Keep the delegate: a new one a call is garbage.</param>
    /// <exception cref="AggregateException">A task threw; it holds the first exception.</exception>
    /// <exception cref="InvalidOperationException">A round is running: a task called this, or another thread.</exception>
    public void Run(int tasks, Action<int, int> task)
    {
        ObjectDisposedException.ThrowIf(stopping, this);
        if (Interlocked.Exchange(ref busy, 1) == 1)
            throw new InvalidOperationException("These workers are running tasks already; wait for the round to end, or make others for tasks within tasks.");
        (body, taskCount, unfinished, failure) = (task, tasks, tasks, null);
        ulong round = (tickets >> 32) + 1;
        Interlocked.Exchange(ref tickets, round << 32 | (uint)tasks);
        if (tasks > 1) WakeSleepers();
        while (TakeTask(worker: 0))
        {
        }

        SpinWait spinner = default;
        while (Volatile.Read(ref unfinished) > 0) spinner.SpinOnce(sleep1Threshold: -1);
        Volatile.Write(ref busy, 0);
        if (failure is { } exception) throw new AggregateException(exception);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (stopping) return;
        stopping = true;
        WakeSleepers();
        foreach (Thread thread in threads) thread.Join();
        foreach (SemaphoreSlim semaphore in wake) semaphore.Dispose();
    }

    private void Work(int worker)
    {
        while (!stopping)
        {
            if (!TakeTask(worker)) WaitForTasks(worker - 1);
        }
    }

    /// <summary>Takes a task and runs it; false if none is left.</summary>
    private bool TakeTask(int worker)
    {
        ulong seen = Volatile.Read(ref tickets);
        uint left = (uint)seen;
        if (left == 0) return false;
        if (Interlocked.CompareExchange(ref tickets, seen - 1, seen) != seen) return true;
        try
        {
            // Until this task is done the call cannot end, so the fields are those of its round.
            body!(taskCount - (int)left, worker);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
        }

        Interlocked.Decrement(ref unfinished);
        return true;
    }

    private void WaitForTasks(int thread)
    {
        for (int look = 0; look < Looks; look++)
        {
            if (HasNews) return;
            Thread.SpinWait(8);
        }

        // The flag goes up before the last look, and the caller publishes tasks before it looks at the flag: one of the two sees the other.
        Interlocked.Exchange(ref asleep[thread], 1);
        if (!HasNews) wake[thread].Wait();
    }

    private bool HasNews => (uint)Volatile.Read(ref tickets) > 0 || stopping;

    private void WakeSleepers()
    {
        for (int thread = 0; thread < threads.Length; thread++)
        {
            if (Interlocked.Exchange(ref asleep[thread], 0) == 1) wake[thread].Release();
        }
    }
}
