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
    public void Train_AlgorithmsOfTheLibrary_HaveTheSameResults(string mpi, string variable, string algorithm)
    {
        using WorkerJob job = WorkerJob.Run(
            MpiInstallation.Named(mpi), 4, TrainingCase.All, null,
            (variable, algorithm), ("OMPI_MCA_coll_tuned_use_dynamic_rules", "1"));
        job.AssertResultsOfOneProcess();
    }

    public static TheoryData<string, int> Jobs()
    {
        TheoryData<string, int> jobs = [];
        foreach (string mpi in MpiInstallation.AllNames)
            foreach (int ranks in (int[])[1, 2, 3, 4, 8]) jobs.Add(mpi, ranks);
        return jobs;
    }

    public static TheoryData<string, string, string> Algorithms()
    {
        const string OpenMpi = MpiInstallation.OpenMpi, Mpich = MpiInstallation.Mpich;
        // The ring.
        TheoryData<string, string, string> algorithms = new() { { OpenMpi, "OMPI_MCA_coll_tuned_allreduce_algorithm", "4" } };
        if (!MpiInstallation.RunsLongTests) return algorithms;
        algorithms.Add(OpenMpi, "OMPI_MCA_coll_tuned_allreduce_algorithm", "1");
        foreach (string number in (string[])["1", "2"]) algorithms.Add(OpenMpi, "OMPI_MCA_coll_libnbc_iallgather_algorithm", number);
        foreach (string number in (string[])["1", "2", "3", "4"]) algorithms.Add(OpenMpi, "OMPI_MCA_coll_libnbc_ibcast_algorithm", number);
        foreach (string name in (string[])["sched_brucks", "sched_pairwise", "tsp_ring", "tsp_scattered"])
            algorithms.Add(Mpich, "MPIR_CVAR_IALLTOALL_INTRA_ALGORITHM", name);
        foreach (string name in (string[])["sched_ring", "sched_brucks", "sched_recursive_doubling", "tsp_ring"])
            algorithms.Add(Mpich, "MPIR_CVAR_IALLGATHER_INTRA_ALGORITHM", name);
        return algorithms;
    }
}
