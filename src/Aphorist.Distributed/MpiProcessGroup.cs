using System.Runtime.InteropServices;
using Aphorist.Training;

namespace Aphorist.Distributed;

/// <summary>
/// The processes that an MPI launcher started (<c>mpiexec</c>, <c>srun</c>), as a group that trains one model. Uses the MPICH or Open MPI
/// library of the machine.
/// </summary>
public sealed class MpiProcessGroup : IProcessGroup
{
    // How long a process that fails waits for others that fail for the same reason, so that each can tell why.
    private static readonly TimeSpan FailureGracePeriod = TimeSpan.FromSeconds(2);

    // Open MPI kills a process one second after it asked it to end.
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(0.9);

    private static int joined;

    private readonly MpiLibrary library;
    private readonly MpiLauncher launcher;
    private readonly TimeSpan timeout;
    private readonly PosixSignalRegistration? termination;
    private volatile State state;
    private long exchanges;

    // Join has a deadline for all of this.
    private MpiProcessGroup(MpiLibrary library, MpiLauncher launcher, TimeSpan timeout)
    {
        this.library = library;
        this.launcher = launcher;
        this.timeout = timeout;
        if (!library.PrepareToLeave(timeout)) throw NoAnswer();
        (Machines, LocalSize) = ProcessPlaces.Count(this);
        if (launcher.Kind == LauncherKind.OpenMpi)
            termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { _ = ReportTerminationAsync(); });
    }

    private enum State
    {
        // No thread is in MPI.
        Idle,

        // A thread is in MPI, which allows one at a time.
        Exchanging,

        // An exchange has failed.
        Broken,

        // The program has ended.
        Left,
    }

    private unsafe delegate bool Operation(MpiLibrary library, void* sent, void* values, int partLength, TimeSpan time);

    /// <inheritdoc/>
    public int Rank => launcher.Rank;

    /// <inheritdoc/>
    public int Size => launcher.Size;

    /// <inheritdoc/>
    public int LocalSize { get; }

    /// <summary>The number of machines that run processes of the group.</summary>
    public int Machines { get; }

    /// <summary>Joins the group, runs a program in it and leaves it. A process can call it once.</summary>
    /// <remarks>
    /// <para>
    /// If the program fails in one process, all processes end with an exit code that is not 0. If it throws an exception, the message goes
    /// to standard error after the name of the process, for example <c>rank 2 of 4 (host)</c>. If all fail alike, only rank 0 reports.
    /// </para>
    /// <para>
    /// This method does not return, but reports and ends the process at once, if the program fails in this process while others continue,
    /// if another process does not answer, or if the MPI library reports an error, also while joining (for example because it does not
    /// support threads).
    /// </para>
    /// <para>
    /// If a process ends, Open MPI asks the others to end (SIGTERM), and the .NET runtime ends them without a message. A program that
    /// handles that signal, to write a checkpoint, gets about a second; if it waits for the others in vain, it reports that.
    /// </para>
    /// </remarks>
    /// <param name="program">
    /// The program, which every process runs. It returns its exit code: 0 if this process is done, or another one to end all processes. An
    /// exception means exit code 1.
    /// </param>
    /// <param name="options">How to join; null for the defaults.</param>
    /// <returns>
    /// The exit code for this process, which is the same in all: 0 if the program returned 0 everywhere, or else that of the first rank
    /// that failed.
    /// </returns>
    /// <exception cref="ProcessGroupException">
    /// The processes cannot form a group: no launcher started this process, there is no MPI library, the library does not belong to the
    /// launcher, or this is Windows.
    /// </exception>
    /// <exception cref="InvalidOptionsException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">This process joined before. MPI allows that once.</exception>
    public static async Task<int> RunAsync(Func<MpiProcessGroup, Task<int>> program, MpiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        MpiProcessGroup group = Join(options ?? new());
        using Watchdog watchdog = group.StartWatchdog();
        int exitCode;
        string? message = null;
        try
        {
            exitCode = await program(group).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // An error of the program itself is for its author, who needs the place.
            bool isForUser = exception is AphoristException or IOException or UnauthorizedAccessException;
            message = isForUser ? exception.Message : exception.ToString();
            exitCode = 1;
        }

        return group.Leave(exitCode, message);
    }

    /// <inheritdoc/>
    public unsafe void AllToAll(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        if (sent.Length != received.Length || sent.Length % Size != 0)
            throw new ArgumentException("Both arrays must have the same length, a multiple of the number of processes.", nameof(received));
        fixed (byte* from = sent, to = received)
        {
            Exchange(static (mpi, sent, values, length, time) => mpi.AllToAll(sent, values, length, time), from, to, sent.Length / Size);
        }
    }

    /// <inheritdoc/>
    public unsafe void AllGather(Span<byte> values)
    {
        if (values.Length % Size != 0)
            throw new ArgumentException("The length must be a multiple of the number of processes.", nameof(values));
        fixed (byte* all = values)
        {
            Exchange(static (mpi, _, values, length, time) => mpi.AllGather(values, length, time), null, all, values.Length / Size);
        }
    }

    /// <inheritdoc/>
    public unsafe void Broadcast(Span<byte> values)
    {
        fixed (byte* all = values)
        {
            Exchange(static (mpi, _, values, length, time) => mpi.Broadcast(values, length, time), null, all, values.Length);
        }
    }

    private static MpiProcessGroup Join(MpiOptions options)
    {
        options.Validate();
        if (OperatingSystem.IsWindows())
            throw new ProcessGroupException("Training in several processes needs Linux or macOS. On Windows, use WSL.");
        MpiLauncher launcher = MpiLauncher.Current ?? throw new ProcessGroupException(
            "No MPI launcher started this process. Start it with mpiexec, for example 'mpiexec -n 4 PROGRAM', or with srun.");
        MpiLibrary library = MpiLibrary.Load(launcher.Kind);
        if (Interlocked.Exchange(ref joined, 1) != 0) throw new InvalidOperationException("This process has joined a group before.");
        string late = $"{launcher}: The other processes did not start within {Seconds(options.Timeout)}. Check the network of the hosts.";
        int size = 0;
        try
        {
            using (new Deadline(options.Timeout, exitCode: 1, late)) library.Initialize();
            using Deadline deadline = new(options.Timeout + FailureGracePeriod, exitCode: 1, late);
            size = library.Size;
            if (size == launcher.Size && library.Rank() == launcher.Rank) return new(library, launcher, options.Timeout);
        }
        catch (ProcessGroupException exception)
        {
            // The normal end of a process can hang, now that MPI has started.
            EndAll(library, 1, $"{launcher}: {exception.Message}");
        }

        // A library that does not know the launcher starts a group of one in each process.
        string message = $"The launcher started {launcher.Size} processes, but the MPI library {library.Name} " +
            $"({(library.IsOpenMpi ? "Open MPI" : "MPICH")}) sees {size}: it belongs to another launcher. Use the mpiexec of that " +
            "library, or set the environment variable APHORIST_MPI to the path of the launcher's library.";
        using (new Deadline(options.Timeout, exitCode: 2, $"{launcher}: {message}")) library.Finish();
        throw new ProcessGroupException(message);
    }

    private static void EndAll(MpiLibrary library, int exitCode, string? message, bool othersWait = false)
    {
        // Also for standard error, which blocks if nobody reads it.
        using Deadline deadline = new(1.5 * FailureGracePeriod, exitCode);
        Report(message);
        if (othersWait) Thread.Sleep(FailureGracePeriod / 2); // They wait in vain too, and can report it.
        library.Abort(exitCode);
        NativeProcess.Exit(exitCode);
    }

    private static void Report(string? message)
    {
        if (message is not null) Console.Error.Write(message + Environment.NewLine);
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.#} s");

    private unsafe void Exchange(Operation operation, void* sent, void* values, int partLength)
    {
        State previous = Interlocked.CompareExchange(ref state, State.Exchanging, State.Idle);
        if (previous != State.Idle)
        {
            throw new ProcessGroupException(previous switch
            {
                State.Broken => "An exchange with the other processes has failed before.",
                State.Left => "This process has left the group.",
                _ => "Two threads use the process group at the same time. Wait for the first one.",
            });
        }

        Interlocked.Increment(ref exchanges);
        bool isComplete = false;
        try
        {
            isComplete = operation(library, sent, values, partLength, timeout);
        }
        finally
        {
            Interlocked.CompareExchange(ref state, isComplete ? State.Idle : State.Broken, State.Exchanging);
        }

        if (!isComplete) throw NoAnswer();
    }

    private Watchdog StartWatchdog() => new(
        timeout + FailureGracePeriod, FailureGracePeriod / 4, RunningExchange, () => NativeProcess.Exit(1, InMyName(NoAnswer().Message)));

    private long? RunningExchange()
    {
        long number = Interlocked.Read(ref exchanges);
        return state == State.Exchanging ? number : null;
    }

    private int Leave(int exitCode, string? message)
    {
        State last = Interlocked.Exchange(ref state, State.Left);
        if (exitCode == 0 && last != State.Idle)
        {
            exitCode = 1;
            message = last == State.Broken
                ? "An exchange with the other processes has failed."
                : "The program has ended during an exchange with the other processes.";
        }

        message = message is null ? null : InMyName(message);

        // A thread that the program has left behind is in MPI, which allows one at a time. The launcher ends the others.
        if (last == State.Exchanging) NativeProcess.Exit(exitCode, message);
        if (last == State.Idle && LeaveTogether(exitCode, ref message) is int common) return common;
        EndAll(library, exitCode == 0 ? 1 : exitCode, message, othersWait: exitCode == 0 || last == State.Broken);
        return exitCode;
    }

    // The exit code of all processes; null if they do not leave too.
    private unsafe int? LeaveTogether(int exitCode, ref string? message)
    {
        TimeSpan time = exitCode == 0 ? timeout : FailureGracePeriod;
        string? late = exitCode == 0 ? InMyName($"The other processes did not end within {Seconds(time)} after this one.") : null;
        using Deadline deadline = new(time + FailureGracePeriod, exitCode == 0 ? 1 : exitCode, late);
        if (Rank == 0)
        {
            // Rank 0 reports for all that fail alike.
            Report(message);
            message = null;
        }

        // Not freed: MPI may write there until the process ends.
        Span<int> codes = new(NativeMemory.Alloc((nuint)Size, sizeof(int)), Size);
        codes[Rank] = exitCode;
        try
        {
            bool areAllHere;
            fixed (int* all = codes) areAllHere = library.GatherToLeave(all, sizeof(int), time);
            if (!areAllHere)
            {
                message ??= late;
                return null;
            }

            if (codes[0] == 0) Report(message);
            int failed = codes.IndexOfAnyExcept(0);
            int common = failed < 0 ? 0 : codes[failed];
            termination?.Dispose();
            deadline.Dispose();
            // All processes are done, so nothing is lost if this takes long: MPI_Finalize of MPICH 4.0 over UCX and TCP often waits for a
            // process that waits for this one.
            using (new Deadline(FailureGracePeriod, common)) library.Finish();
            return common;
        }
        catch (ProcessGroupException exception)
        {
            message ??= InMyName(exception.Message);
            return null;
        }
    }

    // Open MPI asks the others to end when a process has ended, and all when the user presses Ctrl-C. In the first case they wait in vain.
    private async Task ReportTerminationAsync()
    {
        long? exchange = RunningExchange();
        await Task.Delay(TimeToReport).ConfigureAwait(false);
        if (exchange is not null && exchange == RunningExchange())
        {
            Report(InMyName(
                "The launcher asked this process to end while it waited for the others. If a run was started, resume it from its last " +
                "checkpoint."));
        }
    }

    private string InMyName(string message) => $"{launcher}: {message}";

    private ProcessGroupException NoAnswer() => new(
        $"The other processes did not answer for {Seconds(timeout)}: one of them has ended or hangs, or the network is down. " +
        "If a run was started, resume it from its last checkpoint.");
}
