using Aphorist.Distributed.Worker;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>The results of several processes are those of one, bit for bit.</summary>
public sealed class BitIdentityTests
{
    [Fact]
    public void Train_OneProcessWithTwoThreads_HasTheResultsOfOneThread() =>
        Assert.Equal(WorkerJob.ExpectedResults, WorkerJob.ResultsAlone(threads: 2));

    [Fact]
    public void Cases_Results_AllDiffer()
    {
        string[] weights = [.. WorkerJob.ExpectedResults.Where(line => line.Contains(" weights ", StringComparison.Ordinal))];
        Assert.Equal(TrainingCase.All.Count, weights.Select(line => line.Split(' ')[^1]).Distinct().Count());
    }

    [Theory, MemberData(nameof(Jobs))]
    public void Train_SeveralRanks_HaveTheResultsOfOneProcess(string mpi, int ranks)
    {
        using WorkerJob job = WorkerJob.Run(MpiInstallation.Named(mpi), ranks, TrainingCase.All);
        job.AssertResultsOfOneProcess();
    }

    // Training adds up the gradients itself, so the algorithms of the library do not matter.
    [Theory, MemberData(nameof(Algorithms))]
    public void Train_AlgorithmsOfOpenMpi_HaveTheSameResults(string operation, int algorithm)
    {
        using WorkerJob job = WorkerJob.Run(
            MpiInstallation.Named(MpiInstallation.OpenMpi), 4, TrainingCase.All, null,
            ("OMPI_MCA_coll_tuned_use_dynamic_rules", "1"),
            ($"OMPI_MCA_coll_tuned_{operation}_algorithm", $"{algorithm}"),
            // For the operations that do not block.
            ($"OMPI_MCA_coll_libnbc_i{operation}_algorithm", $"{algorithm}"));
        job.AssertResultsOfOneProcess();
    }

    public static TheoryData<string, int> Jobs()
    {
        TheoryData<string, int> jobs = [];
        foreach (string mpi in MpiInstallation.AllNames)
            foreach (int ranks in MpiInstallation.RunsLongTests ? [1, 2, 3, 4, 8] : (int[])[2, 3, 8]) jobs.Add(mpi, ranks);
        return jobs;
    }

    public static TheoryData<string, int> Algorithms()
    {
        // The ring.
        TheoryData<string, int> algorithms = new() { { "allreduce", 4 } };
        if (!MpiInstallation.RunsLongTests) return algorithms;
        // Linear, and all others that Open MPI 4.1 has for what training uses.
        algorithms.Add("allreduce", 1);
        for (int algorithm = 1; algorithm <= 4; algorithm++) algorithms.Add("alltoall", algorithm);
        for (int algorithm = 1; algorithm <= 5; algorithm++) algorithms.Add("allgather", algorithm);
        return algorithms;
    }
}
