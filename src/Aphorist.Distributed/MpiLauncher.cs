using System.Globalization;
using System.Net;

namespace Aphorist.Distributed;

/// <summary>What a launcher (<c>mpiexec</c>, <c>srun</c>) tells a process that it starts, in environment variables.</summary>
/// <param name="Rank">The number of this process: 0 to <paramref name="Size"/> - 1.</param>
/// <param name="Size">The number of processes.</param>
public sealed record MpiLauncher(int Rank, int Size)
{
    /// <summary>The launcher of this process; null if none started it. Reads environment variables only.</summary>
    public static MpiLauncher? Current => Read(Environment.GetEnvironmentVariable);

    /// <summary>Who started this process, which tells the library that it needs.</summary>
    internal LauncherKind Kind { get; init; }

    /// <summary>Names this process in messages, for example <c>rank 2 of 4 (host)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rank {Rank} of {Size} ({Dns.GetHostName()})");

    // Slurm comes last, since mpiexec may run in a job of Slurm. A batch script has no SLURM_STEP_NUM_TASKS: nothing is launched yet.
    internal static MpiLauncher? Read(Func<string, string?> variable)
    {
        bool isSlurmStep = variable("SLURM_STEP_NUM_TASKS") is not null;
        return Read("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", LauncherKind.OpenMpi)
            ?? Read("PMI_RANK", "PMI_SIZE", isSlurmStep ? LauncherKind.Slurm : LauncherKind.Mpich)
            ?? Read("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", LauncherKind.Slurm);

        MpiLauncher? Read(string rankName, string sizeName, LauncherKind kind) =>
            Number(rankName) is { } rank && Number(sizeName) is { } size && rank < size ? new(rank, size) { Kind = kind } : null;

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}

/// <summary>The launchers that need different libraries.</summary>
internal enum LauncherKind
{
    /// <summary>Open MPI's mpiexec.</summary>
    OpenMpi,

    /// <summary>The mpiexec of MPICH and its relatives.</summary>
    Mpich,

    /// <summary>Slurm's srun, which starts programs of any library.</summary>
    Slurm,
}
