using Aphorist.Numerics;

namespace Aphorist;

/// <summary>Threads that generate texts. Several schedulers can share them; they then take turns.</summary>
public sealed class GenerationThreads : IDisposable
{
    private readonly Workers workers;
    private readonly object turns = new();
    private long nextTicket, servedTicket;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">The number of threads: 1 or more, or 0, the default, for one per processor.</param>
    public GenerationThreads(int count = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        workers = new Workers(count);
    }

    /// <summary>The number of threads.</summary>
    public int Count => workers.Count;

    /// <summary>Ends the threads. Dispose the schedulers that use them before.</summary>
    public void Dispose() => workers.Dispose();

    /// <summary>
    /// Runs tasks as <see cref="Workers.Run"/> does. Calls from several threads run one after the other, in the order in which they came.
    /// </summary>
    internal void Run(int tasks, Action<int, int> task)
    {
        lock (turns)
        {
            long ticket = nextTicket++;
            while (servedTicket != ticket) Monitor.Wait(turns);
        }

        try
        {
            workers.Run(tasks, task);
        }
        finally
        {
            lock (turns)
            {
                servedTicket++;
                Monitor.PulseAll(turns);
            }
        }
    }
}
