namespace Aphorist.Distributed;

/// <summary>How a process joins a group over MPI.</summary>
public sealed record MpiOptions
{
    /// <summary>
    /// The longest time that a process waits for the others. After it, the process ends with a message. Must be longer than everything that
    /// one process does alone, including downloading and tokenizing its text before training, and saving a large model to a slow disk.
    /// Positive, at most one day. The default is 2 minutes.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    internal void Validate()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1))
            throw new InvalidOptionsException($"The timeout is {Timeout}, but must be positive and at most one day.", nameof(Timeout));
    }
}
