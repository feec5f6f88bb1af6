using Aphorist.Training;

namespace Aphorist.Distributed;

/// <summary>
/// The processes that an MPI launcher started (<c>mpiexec</c>, <c>srun</c>), as a group that trains one model. Uses the MPICH or Open MPI
/// library of the machine.
/// </summary>
public sealed class MpiProcessGroup : IProcessGroup
{
    private MpiProcessGroup()
    {
    }

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public int LocalSize => 1;

    /// <summary>
    /// Joins the group, runs a program in it and leaves it. Call it once per process. If the program fails in one process, all processes
    /// end.
    /// </summary>
    /// <param name="program">
    /// The program, which every process runs. It returns its exit code: 0 if all processes are done, or else a reason to end in all
    /// of them. An exception is printed to standard error in one sentence, with exit code 1.
    /// </param>
    /// <param name="options">How to join; null for the defaults.</param>
    /// <returns>The exit code for this process.</returns>
    /// <exception cref="ProcessGroupException">There is no MPI library, or it does not belong to the launcher.</exception>
    public static Task<int> RunAsync(Func<MpiProcessGroup, Task<int>> program, MpiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program(new MpiProcessGroup());
    }

    /// <inheritdoc/>
    public void AllToAll(ReadOnlySpan<byte> sent, Span<byte> received) => sent.CopyTo(received);

    /// <inheritdoc/>
    public void AllGather(Span<byte> values)
    {
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values)
    {
    }
}

/// <summary>How a process joins a group over MPI.</summary>
public sealed record MpiOptions
{
    /// <summary>
    /// The longest time that a process waits for the others. After it, the process ends with a <see cref="ProcessGroupException"/>. Must be
    /// longer than everything that one process does alone, such as saving a large model to a slow disk. 2 minutes by default.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}
