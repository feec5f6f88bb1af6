namespace Aphorist;

/// <summary>The queue of a <see cref="GenerationScheduler"/> is full. Submit the text again later.</summary>
public sealed class QueueFullException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="queued">The number of texts that wait.</param>
    public QueueFullException(int queued)
        : base($"The queue is full: {queued} texts are waiting. Try again later.")
    {
    }
}

/// <summary>A <see cref="GenerationScheduler"/> has stopped. It accepts no texts, and has ended those that were running.</summary>
public sealed class SchedulerStoppedException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    public SchedulerStoppedException()
        : base("The scheduler has stopped, so the text is not complete. Submit it to another one.")
    {
    }
}
