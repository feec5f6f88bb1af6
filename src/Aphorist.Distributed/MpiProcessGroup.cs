using System.Diagnostics;
using System.Net;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Distributed;

/// <summary>
/// The processes that an MPI launcher started (<c>mpiexec</c>, <c>srun</c>), as a group that trains one model. Uses the MPICH or Open MPI
/// library of the machine.
/// </summary>
public sealed class MpiProcessGroup : IProcessGroup
{
    // How often a call asks whether an exchange is complete before it offers its processor to other threads.
    private const int Spins = 1000;

    private const int LongestHostName = 256;

    // How long a process that ends waits for others that end for the same reason, so that each can tell why.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static int joined;

    private readonly MpiLibrary library;
    private readonly MpiLauncher launcher;
    private readonly TimeSpan timeout;

    // A separate communicator for leaving: its messages never mix with those of an exchange that other processes still wait for.
    private readonly nint leaving;

    private bool hasFailed;

    private unsafe MpiProcessGroup(MpiLibrary library, MpiLauncher launcher, TimeSpan timeout)
    {
        this.library = library;
        this.launcher = launcher;
        this.timeout = timeout;
        nint communicator = 0, request = 0;
        library.StartDuplicate(&communicator, &request);
        Complete(&request);
        leaving = communicator;
        LocalSize = CountProcessesOfThisHost();
    }

    /// <inheritdoc/>
    public int Rank => launcher.Rank;

    /// <inheritdoc/>
    public int Size => launcher.Size;

    /// <inheritdoc/>
    public int LocalSize { get; }

    /// <summary>
    /// Why the program fails in this process, in one or two sentences: set it before the program returns an exit code other than 0. It is
    /// written to standard error if this process ends the others, and not if all processes end, of which process 0 then has to tell the
    /// reason. Null by default.
    /// </summary>
    public string? FailureMessage { get; set; }

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
    /// <exception cref="ProcessGroupException">
    /// No launcher started this process, there is no MPI library, or the library does not belong to the launcher.
    /// </exception>
    /// <exception cref="InvalidOptionsException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">This process joined before. MPI allows that once.</exception>
    public static async Task<int> RunAsync(Func<MpiProcessGroup, Task<int>> program, MpiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        MpiProcessGroup group = Join(options ?? new());
        int exitCode;
        try
        {
            exitCode = await program(group).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            group.Report(exception);
            exitCode = 1;
        }

        return group.Leave(exitCode);
    }

    /// <inheritdoc/>
    public unsafe void AllToAll(ReadOnlySpan<byte> sent, Span<byte> received)
    {
        if (sent.Length != received.Length || sent.Length % Size != 0)
            throw new ArgumentException("Both arrays must have the same length, a multiple of the number of processes.", nameof(received));
        fixed (byte* from = sent, to = received)
        {
            nint request = 0;
            Begin();
            library.StartAllToAll(from, to, sent.Length / Size, &request);
            End(&request);
        }
    }

    /// <inheritdoc/>
    public unsafe void AllGather(Span<byte> values)
    {
        if (values.Length % Size != 0)
            throw new ArgumentException("The length must be a multiple of the number of processes.", nameof(values));
        fixed (byte* all = values)
        {
            nint request = 0;
            Begin();
            library.StartAllGather(all, values.Length / Size, &request);
            End(&request);
        }
    }

    /// <inheritdoc/>
    public unsafe void Broadcast(Span<byte> values)
    {
        fixed (byte* all = values)
        {
            nint request = 0;
            Begin();
            library.StartBroadcast(all, values.Length, &request);
            End(&request);
        }
    }

    private static MpiProcessGroup Join(MpiOptions options)
    {
        options.Validate();
        MpiLauncher launcher = MpiLauncher.Current ?? throw new ProcessGroupException(
            "No MPI launcher started this process. Start it with mpiexec, for example 'mpiexec -n 4 PROGRAM', or with srun.");
        MpiLibrary library = MpiLibrary.Load(launcher.Kind);
        if (Interlocked.Exchange(ref joined, 1) != 0) throw new InvalidOperationException("This process has joined a group before.");
        string late = $"{launcher}: The other processes did not start within {Seconds(options.Timeout)}. Check the network of the hosts.";
        using (new Deadline(options.Timeout, exitCode: 1, late)) library.Initialize();

        // A library that does not know the launcher starts a group of one in each process.
        if (library.Size() != launcher.Size || library.Rank() != launcher.Rank)
        {
            string found = library.IsOpenMpi ? "Open MPI" : "MPICH";
            int size = library.Size();
            using (new Deadline(Patience, exitCode: 1)) library.Finish();
            throw new ProcessGroupException(
                $"The launcher started {launcher.Size} processes, but the MPI library {library.Name} ({found}) sees {size}: it belongs " +
                "to another launcher. Use the mpiexec of that library, or set the environment variable APHORIST_MPI to the path of the " +
                "launcher's library.");
        }

        return new(library, launcher, options.Timeout);
    }

    private void Begin()
    {
        if (hasFailed) throw new ProcessGroupException("An exchange with the other processes failed before.");
        hasFailed = true; // until End
    }

    private unsafe void End(nint* request)
    {
        Complete(request);
        hasFailed = false;
    }

    private unsafe void Complete(nint* request)
    {
        if (TryComplete(request, timeout)) return;
        throw new ProcessGroupException(
            $"The other processes did not answer for {Seconds(timeout)}: one of them has ended or hangs, or the network is down. " +
            "If a run was started, resume it from its last checkpoint.");
    }

    private unsafe bool TryComplete(nint* request, TimeSpan time)
    {
        for (int turn = 0; turn < Spins; turn++)
            if (library.Test(request)) return true;

        // More processes than processors still make progress.
        for (long start = Stopwatch.GetTimestamp(); !library.Test(request); Thread.Yield())
            if (Stopwatch.GetElapsedTime(start) > time) return false;
        return true;
    }

    private int CountProcessesOfThisHost()
    {
        byte[] names = new byte[Size * LongestHostName];
        Span<byte> own = names.AsSpan(Rank * LongestHostName, LongestHostName);
        Encoding.UTF8.TryGetBytes(Dns.GetHostName(), own, out _);
        AllGather(names);
        int count = 0;
        for (int rank = 0; rank < Size; rank++)
            if (names.AsSpan(rank * LongestHostName, LongestHostName).SequenceEqual(own)) count++;
        return count;
    }

    private void Report(Exception exception)
    {
        // The others are errors of the program: its author needs the place.
        bool isForUser = exception is AphoristException or IOException or UnauthorizedAccessException;
        Report(isForUser ? exception.Message : exception.ToString());
    }

    private void Report(string text) => Console.Error.Write($"{launcher}: {text}{Environment.NewLine}");

    private int Leave(int exitCode)
    {
        try
        {
            if (!hasFailed && AllLeave(exitCode == 0 ? timeout : Patience))
            {
                using (new Deadline(timeout, exitCode)) library.Finish();
                return exitCode;
            }

            if (exitCode == 0) Report($"The other processes did not end within {Seconds(timeout)} after this one.");
            else if (FailureMessage is not null) Report(FailureMessage);
        }
        catch (ProcessGroupException exception)
        {
            Report(exception);
        }

        // Others whose exchange failed too get the time to tell.
        if (hasFailed) Thread.Sleep(Patience / 2);
        exitCode = exitCode == 0 ? 1 : exitCode;
        using Deadline deadline = new(Patience, exitCode);
        library.Abort(exitCode);
        NativeProcess.Exit(exitCode);
        return exitCode;
    }

    private unsafe bool AllLeave(TimeSpan time)
    {
        nint request = 0;
        library.StartBarrier(leaving, &request);
        return TryComplete(&request, time);
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.#} s");
}

/// <summary>How a process joins a group over MPI.</summary>
public sealed record MpiOptions
{
    /// <summary>
    /// The longest time that a process waits for the others. After it, the process ends with a <see cref="ProcessGroupException"/>. Must be
    /// longer than everything that one process does alone, such as saving a large model to a slow disk. Positive, at most one day. The
    /// default is 2 minutes.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    internal void Validate()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1))
            throw new InvalidOptionsException($"The timeout is {Timeout}, but must be positive and at most one day.", nameof(Timeout));
    }
}
