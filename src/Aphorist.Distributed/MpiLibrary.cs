using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Distributed;

/// <summary>
/// The functions of the machine's MPI library that a group needs, with the constants of its binary interface: that of Open MPI, or that of
/// MPICH, which Intel MPI, Cray MPICH and MVAPICH share. The functions throw a <see cref="ProcessGroupException"/> on errors. One function
/// runs at a time, and none after one that did not complete in time, except <see cref="Abort"/>.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    // A call may come from any thread, one at a time.
    private const int ThreadSerialized = 2;

    // How a thread waits for other processes. It asks again and again, for less than 100 microseconds. Then it offers its processor to
    // other threads after each question. It sleeps only if the wait is longer than a step and a transfer usually last, because a processor
    // that wakes up is slow.
    private const int Spins = 100;
    private const double UsualBytesPerSecond = 0.5e9;
    private const int SleepMicroseconds = 50;

    private const int LongestError = 4096;

    private static readonly TimeSpan UsualStep = TimeSpan.FromMilliseconds(250);

    private static readonly string[] OpenMpiNames =
        ["libmpi.so.40", "/usr/lib64/openmpi/lib/libmpi.so.40", "libmpi.40.dylib", "/opt/homebrew/lib/libmpi.40.dylib", "libmpi.so"];

    private static readonly string[] MpichNames =
    [
        "libmpich.so.12", "libmpi.so.12", "/usr/lib64/mpich/lib/libmpi.so.12", "libmpi.12.dylib", "/opt/homebrew/lib/libmpi.12.dylib",
        "libmpi.so",
    ];

    private readonly nint handle;
    private readonly nint world, statusIgnore, inPlace, bytes, errorsReturn;

    // Where MPI writes handles: the operation that runs, and a second communicator. Neither moved nor freed, because MPI may still write
    // there when an operation is given up.
    private readonly nint* request, leaving;

    private readonly delegate* unmanaged<nint*, int*, nint, int> test;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int> allToAll, allGather;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, nint*, int> broadcast;

    private MpiLibrary(string name, nint handle)
    {
        Name = name;
        this.handle = handle;
        IsOpenMpi = IsLibraryOfOpenMpi(handle);
        world = IsOpenMpi ? Export("ompi_mpi_comm_world") : 0x44000000;
        bytes = IsOpenMpi ? Export("ompi_mpi_byte") : 0x4c00010d;
        errorsReturn = IsOpenMpi ? Export("ompi_mpi_errors_return") : 0x54000001;
        inPlace = IsOpenMpi ? 1 : -1;
        statusIgnore = IsOpenMpi ? 0 : 1;
        request = (nint*)NativeMemory.AllocZeroed(2, (nuint)sizeof(nint));
        leaving = request + 1;
        test = (delegate* unmanaged<nint*, int*, nint, int>)Export("MPI_Test");
        allToAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)Export("MPI_Ialltoall");
        allGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)Export("MPI_Iallgather");
        broadcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)Export("MPI_Ibcast");
    }

    /// <summary>The name or path of the library.</summary>
    public string Name { get; }

    public bool IsOpenMpi { get; }

    /// <summary>Loads the library of a launcher, or the one that the environment variable APHORIST_MPI names.</summary>
    public static MpiLibrary Load(LauncherKind launcher)
    {
        // UCX, the transport of many builds, would take the signals that .NET turns into exceptions such as NullReferenceException.
        // Native code does not see variables that .NET sets.
        NativeProcess.SetVariable("UCX_ERROR_SIGNALS", "");
        if (Environment.GetEnvironmentVariable("APHORIST_MPI") is { Length: > 0 } path)
        {
            return NativeLibrary.TryLoad(path, out nint named) && IsMpi(named)
                ? new(path, named)
                : throw new ProcessGroupException($"The environment variable APHORIST_MPI names '{path}', which is not an MPI library.");
        }

        return (launcher != LauncherKind.Mpich ? Find(OpenMpiNames, isOpenMpi: true) : null)
            ?? (launcher != LauncherKind.OpenMpi ? Find(MpichNames, isOpenMpi: false) : null)
            ?? throw new ProcessGroupException(
                $"No library of {NameOf(launcher)} was found. Install it, or set the environment variable APHORIST_MPI to its path.");
    }

    /// <summary>Initializes MPI. Errors are reported to the caller from then on.</summary>
    public void Initialize()
    {
        int provided;
        Check(((delegate* unmanaged<void*, void*, int, int*, int>)Export("MPI_Init_thread"))(null, null, ThreadSerialized, &provided));
        Check(((delegate* unmanaged<nint, nint, int>)Export("MPI_Comm_set_errhandler"))(world, errorsReturn));
        Size = Number("MPI_Comm_size");
        if (provided < ThreadSerialized)
            throw new ProcessGroupException($"The MPI library {Name} does not support threads (MPI_THREAD_SERIALIZED): use another build.");
    }

    /// <summary>The number of processes that MPI knows, once it is initialized.</summary>
    public int Size { get; private set; }

    /// <summary>The rank of this process.</summary>
    public int Rank() => Number("MPI_Comm_rank");

    /// <summary>
    /// Creates the communicator of <see cref="GatherToLeave"/>. Its messages never mix with those of an exchange that other processes still
    /// wait for.
    /// </summary>
    /// <returns>Whether all processes took part in time.</returns>
    public bool PrepareToLeave(TimeSpan time)
    {
        Check(((delegate* unmanaged<nint, nint*, nint*, int>)Export("MPI_Comm_idup"))(world, leaving, request));
        return Complete(time, length: 0);
    }

    /// <summary>Sends part r of an array to rank r.</summary>
    /// <returns>Whether all processes took part in time. If not, the process must end: MPI may still write to the array.</returns>
    public bool AllToAll(void* sent, void* received, int partLength, TimeSpan time)
    {
        Check(allToAll(sent, partLength, bytes, received, partLength, bytes, world, request));
        return Complete(time, (long)partLength * Size);
    }

    /// <summary>Gathers a part from each process, in place.</summary>
    /// <returns>Whether all processes took part in time. If not, the process must end: MPI may still write to the array.</returns>
    public bool AllGather(void* values, int partLength, TimeSpan time) => Gather(world, values, partLength, time);

    /// <summary>Sends the values of rank 0 to the others.</summary>
    /// <returns>Whether all processes took part in time. If not, the process must end: MPI may still write to the array.</returns>
    public bool Broadcast(void* values, int length, TimeSpan time)
    {
        Check(broadcast(values, length, bytes, 0, world, request));
        return Complete(time, length);
    }

    /// <summary>Gathers a part from each process that is about to leave, in place.</summary>
    /// <returns>Whether all processes took part in time. If not, the process must end: MPI may still write to the array.</returns>
    public bool GatherToLeave(void* values, int partLength, TimeSpan time) => Gather(*leaving, values, partLength, time);

    /// <summary>Leaves MPI. May hang if another process is gone.</summary>
    public void Finish() => Check(((delegate* unmanaged<int>)Export("MPI_Finalize"))());

    /// <summary>Ends all processes. May hang if the network is down.</summary>
    public void Abort(int exitCode) => ((delegate* unmanaged<nint, int, int>)Export("MPI_Abort"))(world, exitCode);

    /// <summary>Names the library of a launcher in messages.</summary>
    public static string NameOf(LauncherKind launcher) =>
        launcher switch { LauncherKind.OpenMpi => "Open MPI", LauncherKind.Mpich => "MPICH", _ => "Open MPI or MPICH" };

    private static MpiLibrary? Find(IEnumerable<string> names, bool isOpenMpi)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle)) continue;
            if (IsLibraryOfOpenMpi(handle) == isOpenMpi && IsMpi(handle)) return new(name, handle);
            NativeLibrary.Free(handle);
        }

        return null;
    }

    private static bool IsMpi(nint handle) => NativeLibrary.TryGetExport(handle, "MPI_Ialltoall", out _);

    private static bool IsLibraryOfOpenMpi(nint handle) => NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out _);

    private bool Gather(nint communicator, void* values, int partLength, TimeSpan time)
    {
        Check(allGather((void*)inPlace, 0, bytes, values, partLength, bytes, communicator, request));
        return Complete(time, (long)partLength * Size);
    }

    // A blocking call would wait for ever for a process that is gone. An operation that is given up cannot be cancelled.
    private bool Complete(TimeSpan time, long length)
    {
        for (int turn = 0; turn < Spins; turn++)
            if (IsComplete()) return true;

        long start = Stopwatch.GetTimestamp();
        TimeSpan usual = UsualStep + TimeSpan.FromSeconds(length / UsualBytesPerSecond);
        while (!IsComplete())
        {
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (waited > time) return false;
            if (waited < usual) Thread.Yield();
            else NativeProcess.Sleep(SleepMicroseconds);
        }

        return true;
    }

    private bool IsComplete()
    {
        int isComplete = 0;
        Check(test(request, &isComplete, statusIgnore));
        return isComplete != 0;
    }

    private nint Export(string name) => NativeLibrary.GetExport(handle, name);

    private int Number(string function)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Export(function))(world, &number));
        return number;
    }

    private void Check(int error)
    {
        if (error == 0) return;
        byte* text = stackalloc byte[LongestError];
        int length = 0;
        int failed = ((delegate* unmanaged<int, byte*, int*, int>)Export("MPI_Error_string"))(error, text, &length);
        string reason = failed == 0 ? Encoding.UTF8.GetString(text, length) : $"error {error}";
        throw new ProcessGroupException(
            $"The connection to another process failed. MPI reports: {reason.ReplaceLineEndings(" ").Trim()}. " +
            "If a run was started, resume it from its last checkpoint.");
    }
}
