namespace Aphorist.Numerics;

/// <summary>
/// Threads that run numbered tasks in parallel. The calling thread is one of them; the others wait between two calls. Which thread runs a
/// task is not determined, so a task may only write data that belongs to its number.
/// </summary>
/// <remarks>
/// A call returns when its tasks are done, without waiting for every thread to take part, so a thread that the system has suspended delays
/// nobody. One word holds the round and the number of remaining tasks. Taking a task is a compare-and-exchange of this word, so a late
/// thread can only fail.
/// </remarks>
internal sealed class Workers : IDisposable
{
    // The number of spins before a waiting thread sleeps. Training calls follow each other within microseconds; a spin takes some
    // nanoseconds.
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

    /// <param name="count">The number of threads including the caller; 0 for one per processor.</param>
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

    /// <summary>The number of threads including the caller.</summary>
    public int Count { get; }

    /// <summary>The number of threads that sleep because there have been no tasks for some time.</summary>
    internal int SleepingThreads => asleep.Count(flag => flag == 1);

    /// <summary>Runs tasks 0 to <paramref name="tasks"/> - 1 and returns when all are done.</summary>
    /// <param name="tasks">The number of tasks.</param>
    /// <param name="task">
    /// Receives the number of the task and the number of the thread, which is below <see cref="Count"/>. Reuse the delegate to avoid an
    /// allocation per call.
    /// </param>
    /// <exception cref="AggregateException">A task failed. Contains the first exception.</exception>
    /// <exception cref="InvalidOperationException">A round is already running: a task or another thread has called this method.</exception>
    public void Run(int tasks, Action<int, int> task)
    {
        ObjectDisposedException.ThrowIf(stopping, this);
        if (Interlocked.Exchange(ref busy, 1) == 1)
            throw new InvalidOperationException(
                "These workers are already running tasks. Wait until they are done, or create other workers for nested tasks.");
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

    /// <summary>Stops the threads.</summary>
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

    /// <summary>Takes a task and runs it. Returns false if no task is left.</summary>
    private bool TakeTask(int worker)
    {
        ulong seen = Volatile.Read(ref tickets);
        uint left = (uint)seen;
        if (left == 0) return false;
        if (Interlocked.CompareExchange(ref tickets, seen - 1, seen) != seen) return true;
        try
        {
            // The call cannot return before this task is done, so the fields belong to its round.
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

        // The flag is set before the last check, and the caller publishes tasks before it checks the flag, so one of the two sees the
        // other.
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
