using System.Globalization;
using System.Net;

namespace Aphorist.Distributed;

/// <summary>What a launcher (<c>mpiexec</c>, <c>srun</c>) tells a process that it starts, in environment variables.</summary>
public sealed class MpiLauncher
{
    private MpiLauncher(LauncherKind kind, int rank, int size, int? localRank)
    {
        Kind = kind;
        Rank = rank;
        Size = size;
        LocalRank = localRank;
    }

    /// <summary>The launcher of this process; null if none started it. Reads environment variables only.</summary>
    public static MpiLauncher? Current => Read(Environment.GetEnvironmentVariable);

    /// <summary>The rank of this process, from 0 to <see cref="Size"/> - 1.</summary>
    public int Rank { get; }

    /// <summary>The number of processes.</summary>
    public int Size { get; }

    /// <summary>The rank of this process among those on the same machine, from 0. Null if the launcher does not tell it.</summary>
    public int? LocalRank { get; }

    /// <summary>Who started this process, which tells the library that it needs.</summary>
    internal LauncherKind Kind { get; }

    /// <summary>Names this process in messages, for example <c>rank 2 of 4 (host)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rank {Rank} of {Size} ({Dns.GetHostName()})");

    // Slurm comes last, since mpiexec may run in a job of Slurm. A batch script has no SLURM_STEP_NUM_TASKS: nothing is launched yet.
    // Slurm may set PMI_RANK as MPICH does, but not MPI_LOCALRANKID.
    internal static MpiLauncher? Read(Func<string, string?> variable)
    {
        bool isSlurmStep = variable("SLURM_STEP_NUM_TASKS") is not null && variable("MPI_LOCALRANKID") is null;
        return Read(LauncherKind.OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK")
            ?? (isSlurmStep ? null : Read(LauncherKind.Mpich, "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"))
            ?? Read(LauncherKind.Slurm, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID");

        MpiLauncher? Read(LauncherKind kind, string rankName, string sizeName, string localRankName) =>
            Number(rankName) is { } rank && Number(sizeName) is { } size && rank < size
                ? new(kind, rank, size, Number(localRankName)) : null;

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}

/// <summary>The launchers that need different libraries.</summary>
internal enum LauncherKind
{
    /// <summary>Open MPI's mpiexec.</summary>
    OpenMpi,

    /// <summary>The mpiexec of MPICH and of compatible libraries.</summary>
    Mpich,

    /// <summary>Slurm's srun, which starts programs of any library.</summary>
    Slurm,
}
