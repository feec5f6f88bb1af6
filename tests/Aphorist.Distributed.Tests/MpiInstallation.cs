using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>An MPI implementation of this machine, under the names of Debian's packages.</summary>
/// <param name="Name">The name for people.</param>
/// <param name="Launcher">The program that starts ranks.</param>
/// <param name="Library">The file name of the library.</param>
/// <param name="Package">The package that has the launcher.</param>
internal sealed record MpiInstallation(string Name, string Launcher, string Library, string Package)
{
    public const string Mpich = nameof(Mpich), OpenMpi = nameof(OpenMpi);

    private static readonly MpiInstallation[] All =
    [
        new(Mpich, "mpiexec.mpich", "libmpich.so.12", "mpich"),
        new(OpenMpi, "mpiexec.openmpi", "libmpi.so.40", "openmpi-bin"),
    ];

    /// <summary>The names of all implementations.</summary>
    public static string[] AllNames { get; } = [Mpich, OpenMpi];

    /// <summary>The names of all implementations, for theories.</summary>
    public static TheoryData<string> Names => [.. AllNames];

    /// <summary>Whether an environment variable asks for the long tests: more of the same kind.</summary>
    public static bool RunsLongTests => Environment.GetEnvironmentVariable("APHORIST_LONG_TESTS") is { Length: > 0 };

    /// <summary>
    /// Time for ranks to stop after the same step, also on a busy machine. After an interruption Open MPI waits, sends SIGTERM, waits as
    /// long again, and sends SIGKILL. The usual time is one second.
    /// </summary>
    public static (string, string) TimeToStop { get; } = ("OMPI_MCA_odls_base_sigkill_timeout", "3");

    /// <summary>The other implementation.</summary>
    public MpiInstallation Other => All.Single(mpi => mpi.Name != Name);

    /// <summary>Gets an implementation, and skips the test if it is not installed.</summary>
    public static MpiInstallation Named(string name)
    {
        MpiInstallation mpi = All.Single(known => known.Name == name);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        bool isInstalled = folders.Any(folder => File.Exists(Path.Combine(folder, mpi.Launcher)));
        Assert.SkipUnless(isInstalled, $"Needs {mpi.Launcher} (package {mpi.Package}).");
        return mpi;
    }

    /// <summary>The arguments that start ranks on this machine or, with hosts, the same number of ranks on each.</summary>
    /// <param name="ranks">The number of ranks.</param>
    /// <param name="hosts">The hosts; null for this machine.</param>
    public IEnumerable<string> Arguments(int ranks, NetworkHosts? hosts)
    {
        // More ranks than processors are allowed, and any rank may use any processor. Root may start ranks, as in a container.
        IEnumerable<string> own = Name == OpenMpi ? ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"] : [];
        string count = $"{ranks}";
        if (hosts is null) return [.. own, "-n", count];
        int each = ranks / hosts.Addresses.Count;
        return Name == OpenMpi
            ?
            [
                .. own, "--mca", "plm_rsh_agent", hosts.Shell,
                "--host", string.Join(',', hosts.Addresses.Select(host => $"{host}:{each}")), "-n", count,
            ]
            :
            [
                "-localhost", hosts.LauncherAddress, "-launcher", "ssh", "-launcher-exec", hosts.Shell,
                "-hosts", string.Join(',', hosts.Addresses), "-ppn", $"{each}", "-n", count,
            ];
    }
}
