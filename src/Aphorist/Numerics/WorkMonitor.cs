namespace Aphorist.Numerics;

/// <summary>
/// What one worker checks between two steps of long work: whether to stop. It also counts the steps, so that other threads can see how far
/// the work is.
/// </summary>
internal sealed class WorkMonitor
{
    // In the middle of two cache lines, so that workers do not slow each other down.
    private const int Place = 16;

    private readonly long[] done = new long[2 * Place];
    private CancellationToken cancellationToken;

    /// <summary>The steps since <see cref="Begin"/>. Any thread may read it.</summary>
    public long Done => Volatile.Read(ref done[Place]);

    /// <summary>Whether to stop. The results of work that stopped are meaningless.</summary>
    public bool IsStopped => cancellationToken.IsCancellationRequested;

    /// <summary>Starts counting from 0. Only while the worker waits.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    public void Begin(CancellationToken cancellationToken)
    {
        this.cancellationToken = cancellationToken;
        Volatile.Write(ref done[Place], 0);
    }

    /// <summary>Counts steps. Only the worker calls it.</summary>
    /// <returns>Whether to continue.</returns>
    public bool Advance(long steps = 1)
    {
        Volatile.Write(ref done[Place], done[Place] + steps);
        return !IsStopped;
    }
}
