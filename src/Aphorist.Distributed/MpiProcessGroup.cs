using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Distributed;

/// <summary>
/// The processes that an MPI launcher started (<c>mpiexec</c>, <c>srun</c>), as a group that trains one model. Uses the MPICH or Open MPI
/// library of the machine.
/// </summary>
public sealed class MpiProcessGroup : IProcessGroup
{
    private const int LongestHostName = 256;

    // How long a process that ends waits for others that end for the same reason, so that each can tell why.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Open MPI kills a process one second after it asked it to end.
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(0.5);

    private static int joined;

    private readonly MpiLibrary library;
    private readonly MpiLauncher launcher;
    private readonly TimeSpan timeout;

    // A separate communicator for leaving: its messages never mix with those of an exchange that other processes still wait for.
    private readonly nint leaving;

    private readonly PosixSignalRegistration? termination;

    // An exchange has begun and is not complete.
    private volatile bool isBroken;
    private long exchanges;

    private MpiProcessGroup(MpiLibrary library, MpiLauncher launcher, TimeSpan timeout)
    {
        this.library = library;
        this.launcher = launcher;
        this.timeout = timeout;
        Begin();
        End(library.Duplicate(timeout, out leaving));
        LocalSize = CountProcessesOfThisHost();
        if (launcher.Kind == LauncherKind.OpenMpi)
            termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { _ = ReportEndOfAnotherAsync(); });
    }

    /// <inheritdoc/>
    public int Rank => launcher.Rank;

    /// <inheritdoc/>
    public int Size => launcher.Size;

    /// <inheritdoc/>
    public int LocalSize { get; }

    /// <summary>
    /// Why the program fails in this process, in one or two sentences. Set it before the program returns an exit code other than 0, or let
    /// it throw an exception. Process 0 writes it to standard error. Another process writes it only if it fails alone, because what all
    /// processes report is the same. Null by default.
    /// </summary>
    public string? FailureMessage { get; set; }

    /// <summary>
    /// Joins the group, runs a program in it and leaves it. Call it once per process. If the program fails in one process, all processes
    /// end.
    /// </summary>
    /// <param name="program">
    /// The program, which every process runs. It returns its exit code: 0 if all processes are done, or else a reason to end in all
    /// of them. An exception means exit code 1, and its message becomes the <see cref="FailureMessage"/>.
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
            // An error of the program itself is for its author, who needs the place.
            bool isForUser = exception is AphoristException or IOException or UnauthorizedAccessException;
            group.FailureMessage = isForUser ? exception.Message : exception.ToString();
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
            Begin();
            End(library.AllToAll(from, to, sent.Length / Size, timeout));
        }
    }

    /// <inheritdoc/>
    public unsafe void AllGather(Span<byte> values)
    {
        if (values.Length % Size != 0)
            throw new ArgumentException("The length must be a multiple of the number of processes.", nameof(values));
        fixed (byte* all = values)
        {
            Begin();
            End(library.AllGather(all, values.Length / Size, timeout));
        }
    }

    /// <inheritdoc/>
    public unsafe void Broadcast(Span<byte> values)
    {
        fixed (byte* all = values)
        {
            Begin();
            End(library.Broadcast(all, values.Length, timeout));
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
        if (isBroken) throw new ProcessGroupException("An exchange with the other processes has failed before.");
        exchanges++;
        isBroken = true;
    }

    private void End(bool isComplete)
    {
        if (!isComplete)
        {
            throw new ProcessGroupException(
                $"The other processes did not answer for {Seconds(timeout)}: one of them has ended or hangs, or the network is down. " +
                "If a run was started, resume it from its last checkpoint.");
        }

        isBroken = false;
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

    private int Leave(int exitCode)
    {
        // Process 0 speaks for all, unless another one fails alone.
        if (Rank == 0) Report(FailureMessage);
        try
        {
            TimeSpan time = exitCode == 0 ? timeout : Patience;
            if (!isBroken && library.Barrier(leaving, time))
            {
                termination?.Dispose();
                using (new Deadline(time, exitCode)) library.Finish();
                return exitCode;
            }

            if (exitCode == 0) FailureMessage = $"The other processes did not end within {Seconds(timeout)} after this one.";
        }
        catch (ProcessGroupException exception)
        {
            FailureMessage ??= exception.Message;
        }

        if (Rank > 0 || exitCode == 0) Report(FailureMessage);
        if (isBroken || exitCode == 0) Thread.Sleep(Patience / 2); // Others wait in vain too, and can report it.
        exitCode = exitCode == 0 ? 1 : exitCode;
        using Deadline deadline = new(Patience, exitCode);
        library.Abort(exitCode);
        NativeProcess.Exit(exitCode);
        return exitCode;
    }

    // Open MPI asks the others to end when a process has ended, and all when the user presses Ctrl-C. In the first case they wait in vain.
    private async Task ReportEndOfAnotherAsync()
    {
        long exchange = exchanges;
        await Task.Delay(TimeToReport).ConfigureAwait(false);
        if (isBroken && exchange == exchanges)
            Report("Another process has ended, so the launcher ends all. If a run was started, resume it from its last checkpoint.");
    }

    private void Report(string? message)
    {
        if (message is not null) Console.Error.Write($"{launcher}: {message}{Environment.NewLine}");
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
