namespace Aphorist.Training;

/// <summary>
/// A group of processes that train one model together, each on a part of every batch (synchronous data parallelism). The trained weights
/// are those of a single process, bit for bit. The package Aphorist.Distributed has a group over MPI.
/// </summary>
/// <remarks>
/// <para>
/// A group only moves bytes; training decides what they mean and adds up the gradients itself. All processes call the same methods in the
/// same order, with arrays of the same length. One method runs at a time, on any thread.
/// </para>
/// <para>
/// Every method throws a <see cref="ProcessGroupException"/> if another process does not answer. The group cannot be used after that.
/// </para>
/// </remarks>
public interface IProcessGroup
{
    /// <summary>The rank of this process, from 0 to <see cref="Size"/> - 1. Rank 0 writes the files of a run.</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Size { get; }

    /// <summary>
    /// The number of processes of the group that share the processors of this one, itself included. By default, training uses that part of
    /// the processors.
    /// </summary>
    int LocalSize { get; }

    /// <summary>
    /// Sends a part of an array to every process. Both arrays have <see cref="Size"/> parts of equal length: part r of
    /// <paramref name="sent"/> goes to rank r, and part r of <paramref name="received"/> comes from rank r.
    /// </summary>
    /// <param name="sent">What to send. Not changed.</param>
    /// <param name="received">Where to put what arrives. Does not overlap <paramref name="sent"/>.</param>
    /// <exception cref="ProcessGroupException">Another process does not answer.</exception>
    void AllToAll(ReadOnlySpan<byte> sent, Span<byte> received);

    /// <summary>
    /// Gathers a part from every process, in place. The array has <see cref="Size"/> parts of equal length. Before the call, part
    /// <see cref="Rank"/> is the contribution of this process; after it, part r is that of rank r.
    /// </summary>
    /// <param name="values">The array.</param>
    /// <exception cref="ProcessGroupException">Another process does not answer.</exception>
    void AllGather(Span<byte> values);

    /// <summary>Replaces the values of all processes by those of rank 0.</summary>
    /// <param name="values">The values.</param>
    /// <exception cref="ProcessGroupException">Another process does not answer.</exception>
    void Broadcast(Span<byte> values);
}

/// <summary>
/// Processes cannot train together: they could not form a group, differ in their model or options, or no longer reach each other.
/// </summary>
public sealed class ProcessGroupException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, where, and what to do: one or two sentences for the user.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ProcessGroupException(string message, Exception? innerException = null) : base(message, innerException) { }
}

/// <summary>A group of one process, which has nothing to exchange.</summary>
internal sealed class SingleProcess : IProcessGroup
{
    public static SingleProcess Instance { get; } = new();

    public int Rank => 0;

    public int Size => 1;

    public int LocalSize => 1;

    public void AllToAll(ReadOnlySpan<byte> sent, Span<byte> received) => sent.CopyTo(received);

    public void AllGather(Span<byte> values)
    {
    }

    public void Broadcast(Span<byte> values)
    {
    }
}
