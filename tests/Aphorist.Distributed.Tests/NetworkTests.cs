using System.Globalization;
using System.Text.RegularExpressions;
using Aphorist.Distributed.Worker;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>Ranks on several hosts, which are network namespaces of this machine.</summary>
public sealed class NetworkTests
{
    [Theory, MemberData(nameof(Jobs))]
    public void Train_RanksOnSeveralHosts_HaveTheResultsOfOneProcess(string mpi, int hosts, int ranks)
    {
        MpiInstallation installed = MpiInstallation.Named(mpi);
        using NetworkHosts network = new(hosts);
        using WorkerJob job = WorkerJob.Run(installed, ranks, TrainingCase.Models, network);
        job.AssertResultsOfOneProcess();
    }

    /// <summary>
    /// A step sends 2 (P - 1) / P n bytes, where n are those of the gradient and P is the number of ranks. With one rank on each host, all
    /// of them leave the host. With two, as many do: of the gradients, each of them sends half to the other host; of the parameters, a half
    /// is of this host, and each part goes to the other host at least once.
    /// </summary>
    [Theory, MemberData(nameof(Jobs))]
    public void Train_RanksOnSeveralHosts_SendTheGradientOverTheNetwork(string mpi, int hosts, int ranks)
    {
        MpiInstallation installed = MpiInstallation.Named(mpi);
        using NetworkHosts network = new(hosts);
        long[] before = SentBytes();
        using WorkerJob job = WorkerJob.Run(installed, ranks, [TrainingCase.Large], network);
        long[] sent = [.. SentBytes().Zip(before, (now, then) => now - then)];

        int steps = int.Parse(Regex.Matches(job.AssertRanksAgree(), @"Step = (\d+)")[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        double expected = 2.0 * (ranks - 1) / ranks * TrainingCase.Large.GradientBytes() * steps;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{expected:F0} bytes expected, left the hosts: {string.Join(", ", sent.Select(bytes => $"{bytes / expected:P1}"))}");
        Assert.All(sent, bytes => Assert.InRange(bytes, 0.9 * expected, 1.8 * expected));

        long[] SentBytes() => [.. Enumerable.Range(1, hosts).Select(network.SentBytes)];
    }

    public static TheoryData<string, int, int> Jobs()
    {
        TheoryData<string, int, int> jobs = [];
        foreach (string mpi in MpiInstallation.AllNames)
        {
            jobs.Add(mpi, 2, 2);
            if (!MpiInstallation.RunsLongTests) continue;
            jobs.Add(mpi, 4, 4);
            jobs.Add(mpi, 2, 4);
        }

        return jobs;
    }
}
