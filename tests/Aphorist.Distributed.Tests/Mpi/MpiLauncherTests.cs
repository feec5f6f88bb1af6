using Xunit;

namespace Aphorist.Distributed.Tests.Mpi;

public sealed class MpiLauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 PMIX_RANK=2", LauncherKind.OpenMpi, 1)]
    [InlineData("PMI_RANK=2 PMI_SIZE=4 MPI_LOCALRANKID=0", LauncherKind.Mpich, 0)]
    [InlineData("PMI_RANK=2 PMI_SIZE=4", LauncherKind.Mpich, null)]
    [InlineData("PMI_RANK=2 PMI_SIZE=4 SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=4", LauncherKind.Slurm, null)]
    [InlineData("PMIX_RANK=2 SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=4 SLURM_NTASKS=9 SLURM_LOCALID=1", LauncherKind.Slurm, 1)]
    // mpiexec in a step of Slurm
    [InlineData(
        "OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 SLURM_LOCALID=0", LauncherKind.OpenMpi, null)]
    [InlineData(
        "PMI_RANK=2 PMI_SIZE=4 MPI_LOCALRANKID=1 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 SLURM_LOCALID=0", LauncherKind.Mpich, 1)]
    public void Read_VariablesOfALauncher_AreRankAndSize(string variables, object kind, int? localRank)
    {
        MpiLauncher launcher = Read(variables)!;
        Assert.Equal((2, 4, localRank), (launcher.Rank, launcher.Size, launcher.LocalRank));
        Assert.Equal(kind, launcher.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PMI_RANK=2")]
    [InlineData("PMI_RANK=4 PMI_SIZE=4")]
    [InlineData("PMI_RANK=-1 PMI_SIZE=4")]
    [InlineData("PMI_RANK=x PMI_SIZE=4")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4")] // a batch script, which is not started once per process
    public void Read_NoLauncher_IsNull(string variables) => Assert.Null(Read(variables));

    [Fact]
    public void ToString_Launcher_NamesRankAndHost() =>
        Assert.Equal($"rank 2 of 4 ({System.Net.Dns.GetHostName()})", Read("PMI_RANK=2 PMI_SIZE=4")!.ToString());

    private static MpiLauncher? Read(string variables)
    {
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return MpiLauncher.Read(values.GetValueOrDefault);
    }
}
