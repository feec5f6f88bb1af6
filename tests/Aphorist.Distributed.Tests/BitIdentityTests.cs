using Aphorist.Distributed.Worker;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>The results of several processes are those of one, bit for bit.</summary>
public sealed class BitIdentityTests
{
    private static readonly Lazy<string[]> Expected = new(() => Results(threads: 1));

    [Fact]
    public void Train_OneProcessWithTwoThreads_HasTheResultsOfOneThread() => Assert.Equal(Expected.Value, Results(threads: 2));

    [Theory, MemberData(nameof(Jobs))]
    public void Train_SeveralRanks_HaveTheResultsOfOneProcess(string mpi, int ranks)
    {
        using WorkerJob job = WorkerJob.Run(MpiInstallation.Named(mpi), ranks, TrainingCase.All);
        job.AssertResults(Expected.Value);
    }

    // Training adds up the gradients itself, so the algorithms of the library do not matter.
    [Theory]
    [InlineData("allreduce", 4, "ring")]
    [InlineData("allreduce", 1, "linear")]
    public void Train_ForcedAlgorithmOfOpenMpi_HasTheSameResults(string operation, int algorithm, string meaning)
    {
        Assert.NotEmpty(meaning);
        using WorkerJob job = WorkerJob.Run(MpiInstallation.Named("OpenMpi"), 4, TrainingCase.All, null,
            ("OMPI_MCA_coll_tuned_use_dynamic_rules", "1"),
            ($"OMPI_MCA_coll_tuned_{operation}_algorithm", $"{algorithm}"));
        job.AssertResults(Expected.Value);
    }

    public static TheoryData<string, int> Jobs()
    {
        TheoryData<string, int> jobs = [];
        foreach (string mpi in MpiInstallation.AllNames)
            foreach (int ranks in (int[])[1, 2, 3, 4, 8]) jobs.Add(mpi, ranks);
        return jobs;
    }

    private static string[] Results(int threads)
    {
        using StringWriter log = new();
        foreach (TrainingCase training in TrainingCase.All) training.RunAsync(log, null, threads).GetAwaiter().GetResult();
        return WorkerJob.ResultsOf(log.ToString());
    }
}
