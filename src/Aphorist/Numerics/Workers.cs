namespace Aphorist.Numerics;

/// <summary>
/// Threads that share out numbered tasks: the caller is one of them, the others wait between two calls. Which thread runs a task is
/// left to chance; a task must write only what belongs to its number.
/// </summary>
internal sealed class Workers : IDisposable
{
    // How often a waiting thread looks before it sleeps. Calls follow each other within microseconds while training; a look takes some nanoseconds.
    private const int Looks = 4000;

    private readonly Thread[] threads;
    private readonly SemaphoreSlim[] wake;
    private readonly int[] asleep;
    private Action<int, int>? body;
    private int taskCount;
    private int nextTask;
    private int round;
    private int running;
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

    /// <summary>Runs tasks 0 to <paramref name="tasks"/> - 1 and returns when all are done.</summary>
    /// <param name="tasks">How many.</param>
    /// <param name="task">Is given the number of the task and that of the thread, below <see cref="Count"/>. Keep the delegate: a new one a call is garbage.</param>
    public void Run(int tasks, Action<int, int> task)
    {
        body = task;
        taskCount = tasks;
        failure = null;
        Volatile.Write(ref nextTask, 0);
        Volatile.Write(ref running, threads.Length);
        Interlocked.Increment(ref round);
        WakeSleepers();
        TakeTasks(0);
        SpinWait spinner = default;
        while (Volatile.Read(ref running) > 0) spinner.SpinOnce(sleep1Threshold: -1);
        if (failure is { } exception) throw new AggregateException(exception);
    }

    public void Dispose()
    {
        if (stopping) return;
        stopping = true;
        Interlocked.Increment(ref round);
        WakeSleepers();
        foreach (Thread thread in threads) thread.Join();
        foreach (SemaphoreSlim semaphore in wake) semaphore.Dispose();
    }

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            WaitForRound(worker - 1, seen);
            seen++;
            if (stopping) return;
            TakeTasks(worker);
            Interlocked.Decrement(ref running);
        }
    }

    private void WaitForRound(int thread, int seen)
    {
        for (int look = 0; look < Looks; look++)
        {
            if (Volatile.Read(ref round) != seen) return;
            Thread.SpinWait(8);
        }

        // The flag goes up before the last look, and the caller begins a round before it looks at the flag: one of the two sees the other.
        while (true)
        {
            Interlocked.Exchange(ref asleep[thread], 1);
            if (Volatile.Read(ref round) != seen) return;
            wake[thread].Wait();
        }
    }

    private void WakeSleepers()
    {
        for (int thread = 0; thread < threads.Length; thread++)
        {
            if (Interlocked.Exchange(ref asleep[thread], 0) == 1) wake[thread].Release();
        }
    }

    private void TakeTasks(int worker)
    {
        try
        {
            for (int task; (task = Interlocked.Increment(ref nextTask) - 1) < taskCount;) body!(task, worker);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
        }
    }
}
