using System.Text.RegularExpressions;
using Aphorist.Distributed.Worker;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests.Mpi;

public sealed class MpiProcessGroupTests
{
    private const double LongTimeout = 120;

    public static TheoryData<string> Implementations => [.. MpiInstallation.AllNames];

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Exchange_ThreeRanks_BytesArriveWhereTheyBelong(string mpi)
    {
        using MpiJob job = Run(mpi, "exchange", ranks: 3);
        Assert.Equal(0, job.ExitCode);
        string host = System.Net.Dns.GetHostName();
        for (int rank = 0; rank < 3; rank++)
            Assert.Contains($"exchanged by {rank} of 3, 3 share, machines: 1, rank {rank} of 3 ({host})", job.Output);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Join_EachRankHasItsOwnProcessor_NoneIsShared(string mpi)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        bool hasBoth = Regex.IsMatch(File.ReadAllText("/proc/self/status"), @"Cpus_allowed_list:\s+0-");
        Assert.SkipUnless(hasBoth, "Needs the processors 0 and 1.");
        const string OnOwnProcessor = "exec taskset -c ${OMPI_COMM_WORLD_RANK:-$PMI_RANK} \"$@\"";
        using MpiJob job = Run(mpi, ["sh", "-c", OnOwnProcessor, "sh", .. Worker("exchange", LongTimeout)]);
        Assert.True(job.ExitCode == 0, job.Everything);
        for (int rank = 0; rank < 2; rank++) Assert.Contains($"exchanged by {rank} of 2, 1 share, machines: 1", job.Output);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Exchange_Repeated_AllocatesNothing(string mpi)
    {
        using MpiJob job = Run(mpi, "allocate");
        Assert.Equal(2, Count(job.Output, "allocated "));
        Assert.Equal(2, Count(job.Output, "allocated 0;"));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Train_MoreStepsPerEpoch_AllocateNothing(string mpi)
    {
        using MpiJob job = Run(mpi, "train");
        Assert.True(job.ExitCode == 0, job.Everything);
        long[] few = Allocated(50), many = Allocated(150);
        Assert.Equal((2, 2), (few.Length, many.Length));
        // A hundred more steps, and the smallest object has 24 bytes.
        Assert.True(many.Max() - few.Min() < 100 * 24, job.Output);

        long[] Allocated(int steps) =>
            [.. Regex.Matches(job.Output, $"allocated ([0-9]+) in {steps} steps;").Select(match => long.Parse(match.Groups[1].Value))];
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Join_NullReferenceAfterwards_IsCaught(string mpi)
    {
        using MpiJob job = Run(mpi, "null");
        Assert.True(job.ExitCode == 0, job.Everything);
        Assert.Equal(2, Count(job.Output, "caught 100"));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_AllReturnACode_LauncherReturnsIt(string mpi)
    {
        using MpiJob job = Run(mpi, "return 3");
        Assert.Equal(3, job.ExitCode);
        Assert.DoesNotContain("MPI_Abort", job.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_OneReturnsACode_AllEndWithIt(string mpi)
    {
        using MpiJob job = Run(mpi, "last returns 3");
        Assert.Equal(3, job.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_OneThrows_ItTellsWhyAndAllEnd(string mpi)
    {
        using MpiJob job = Run(mpi, "last throws");
        Assert.Equal(1, job.ExitCode);
        Assert.Contains($"rank 1 of 2 ({System.Net.Dns.GetHostName()}): The last one fails.{Environment.NewLine}", job.ErrorOf(1));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_LastThrowsAfterAllOthersReturned_ItTellsWhyAndAllFail(string mpi)
    {
        using MpiJob job = Run(mpi, "last throws at the end", ranks: 3);
        Assert.Equal(1, job.ExitCode);
        Assert.Contains($"rank 2 of 3 ({System.Net.Dns.GetHostName()}): The last one fails.{Environment.NewLine}", job.ErrorOf(2));
        Assert.Equal(("", ""), (job.ErrorOf(0), job.ErrorOf(1)));
        Assert.DoesNotContain("MPI_Abort", job.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_FirstHangs_OthersTellAndAllEnd(string mpi)
    {
        using MpiJob job = Run(mpi, "first hangs", timeout: 5);
        Assert.Equal(1, job.ExitCode);
        Assert.Contains("did not end within 5 s after this one", job.ErrorOf(1));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_AnotherThreadExchanges_ProcessEndsWithoutACallOfMpi(string mpi)
    {
        using MpiJob job = Run(mpi, "two threads");
        Assert.Equal(1, job.ExitCode);
        Assert.Contains("Two threads use the process group at the same time.", job.ErrorOf(1));
        Assert.DoesNotContain("MPI_Abort", job.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_NobodyReadsStandardError_AllEnd(string mpi)
    {
        // A pipe of the process itself, which is full.
        const string WithFullPipe =
            """
            pipe=$0/$$
            mkfifo "$pipe"
            exec 3<> "$pipe"
            dd if=/dev/zero of="$pipe" bs=4096 count=16 oflag=nonblock 2> /dev/null
            exec "$@" 2>&3
            """;
        using TemporaryFolder folder = new();
        using MpiJob job = Run(mpi, ["sh", "-c", WithFullPipe, folder.Path, .. Worker("all throw", LongTimeout)]);
        Assert.Equal(1, job.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_AllThrow_TheFirstTellsWhy(string mpi)
    {
        using MpiJob job = Run(mpi, "all throw");
        Assert.Equal(1, job.ExitCode);
        Assert.Contains("Rank 0 fails.", job.ErrorOf(0));
        Assert.DoesNotContain("Rank 1 fails.", job.Everything);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Leave_OneIsLate_OthersWait(string mpi)
    {
        using MpiJob job = Run(mpi, "last is late");
        Assert.True(job.ExitCode == 0, job.Everything);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Exchange_OneHangs_OthersTellAndAllEnd(string mpi)
    {
        using MpiJob job = Run(mpi, "last hangs", ranks: 3, timeout: 5);
        Assert.Equal(1, job.ExitCode);
        for (int rank = 0; rank < 2; rank++) Assert.Contains($"rank {rank} of 3", job.ErrorOf(rank));
        Assert.Contains("The other processes did not answer for 5 s", job.ErrorOf(0));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Exchange_OneLeavesEarly_OneTellsAndAllEnd(string mpi)
    {
        using MpiJob job = Run(mpi, "last leaves", timeout: 5);
        Assert.Equal(1, job.ExitCode);
        // Both wait in vain, and the first one to notice ends both.
        Assert.Matches("did not answer for 5 s|did not end within 5 s after this one", job.ErrorOf(0) + job.ErrorOf(1));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Exchange_OneIsKilled_AllEnd(string mpi)
    {
        using MpiJob job = Run(mpi, "last is killed");
        Assert.NotEqual(0, job.ExitCode);
    }

    [Fact]
    public void Exchange_OneIsKilledAndOpenMpiAsksTheOthersToEnd_TheyTell()
    {
        // Enough time to tell, also on a busy machine.
        using MpiJob job = Run(
            MpiInstallation.OpenMpi, "last is killed, others continue", variables: ("OMPI_MCA_odls_base_sigkill_timeout", "5"));
        Assert.NotEqual(0, job.ExitCode);
        Assert.Contains(": The launcher asked this process to end while it waited for the others.", job.ErrorOf(0));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Join_LibraryOfAnotherLauncher_IsRefused(string mpi)
    {
        using MpiJob job = Run(mpi, "exchange", variables: ("APHORIST_MPI", MpiInstallation.Named(mpi).Other.Library));
        Assert.Equal(2, job.ExitCode);
        string errors = job.ErrorOf(0) + job.ErrorOf(1);
        Assert.Contains("refused: The launcher started 2 processes, but the MPI library", errors);
        Assert.Contains("APHORIST_MPI", errors);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Join_NoLibrary_IsRefused(string mpi)
    {
        using MpiJob job = Run(mpi, "exchange", variables: ("APHORIST_MPI", "/missing/libmpi.so"));
        Assert.Equal(2, job.ExitCode);
        Assert.Contains("refused: The environment variable APHORIST_MPI names '/missing/libmpi.so'", job.ErrorOf(0) + job.ErrorOf(1));
    }

    [Fact]
    public async Task Join_NoLauncher_IsRefused()
    {
        Assert.SkipWhen(MpiLauncher.Current is not null, "A launcher started the tests.");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has another message.");
        var failure = await Assert.ThrowsAsync<Training.ProcessGroupException>(() => MpiProcessGroup.RunAsync(_ => Task.FromResult(0)));
        Assert.Contains("mpiexec", failure.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86401)]
    public async Task Join_TimeoutOutOfRange_IsRefused(double seconds)
    {
        MpiOptions options = new() { Timeout = TimeSpan.FromSeconds(seconds) };
        var failure = await Assert.ThrowsAsync<InvalidOptionsException>(() => MpiProcessGroup.RunAsync(_ => Task.FromResult(0), options));
        Assert.Equal(nameof(MpiOptions.Timeout), failure.PropertyName);
    }

    private static MpiJob Run(
        string mpi, string name, int ranks = 2, double timeout = LongTimeout, params (string Name, string Value)[] variables) =>
        Run(mpi, Worker(name, timeout), ranks, variables);

    private static MpiJob Run(string mpi, string[] command, int ranks = 2, params (string Name, string Value)[] variables)
    {
        // Open MPI waits this long after it asked ranks to end. Jobs that train get more seconds.
        variables = [("OMPI_MCA_odls_base_sigkill_timeout", "1"), .. variables];
        MpiJob job = new(MpiInstallation.Named(mpi), ranks, AppContext.BaseDirectory, command, hosts: null, variables);
        job.WaitForEnd();
        return job;
    }

    private static string[] Worker(string name, double timeout) =>
        ["dotnet", Path.Combine(AppContext.BaseDirectory, "Aphorist.Distributed.Worker.dll"), GroupCase.Word, name, $"{timeout}"];

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
