using Xunit;

namespace Aphorist.Distributed.Tests.Mpi;

public sealed class MpiLauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=2", LauncherKind.OpenMpi)]
    [InlineData("PMI_RANK=2 PMI_SIZE=4 MPI_LOCALRANKID=0", LauncherKind.Mpich)]
    [InlineData("PMI_RANK=2 PMI_SIZE=4 SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=4", LauncherKind.Slurm)]
    [InlineData("PMIX_RANK=2 SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=4 SLURM_NTASKS=9", LauncherKind.Slurm)]
    public void Read_VariablesOfALauncher_AreRankAndSize(string variables, object kind)
    {
        MpiLauncher launcher = Read(variables)!;
        Assert.Equal((2, 4), (launcher.Rank, launcher.Size));
        Assert.Equal(kind, launcher.Kind);
    }

    [Fact]
    public void Read_MpiexecWithinSlurm_IsThatOfMpiexec() =>
        Assert.Equal((1, 2), Read("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1") is { } launcher
            ? (launcher.Rank, launcher.Size) : default);

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
        Assert.Equal($"rank 2 of 4 ({System.Net.Dns.GetHostName()})", new MpiLauncher(2, 4).ToString());

    private static MpiLauncher? Read(string variables)
    {
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return MpiLauncher.Read(values.GetValueOrDefault);
    }
}
