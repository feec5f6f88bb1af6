using System.Text.RegularExpressions;
using Aphorist.Distributed.Worker;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>What depends on time, which one rank decides for all.</summary>
public sealed class ClockTests
{
    [Theory, MemberData(nameof(MpiInstallation.Names), MemberType = typeof(MpiInstallation))]
    public void Train_TimeBudgetWithACosine_HasTheSameLearningRatesInAllRanks(string mpi)
    {
        using WorkerJob job = WorkerJob.Run(MpiInstallation.Named(mpi), 3, [TrainingCase.TimeBudget]);
        string log = job.AssertRanksAgree();

        string[] rates = [.. Regex.Matches(log, "LearningRate = ([^ ]+)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.True(rates.Length >= 3, $"The learning rate hardly changed:\n{log}");
        Assert.Contains("weights", log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(MpiInstallation.Names), MemberType = typeof(MpiInstallation))]
    public void Train_InterruptedLauncher_StopsAllRanksAfterTheSameStep(string mpi)
    {
        using WorkerJob job = new(MpiInstallation.Named(mpi), 3, [TrainingCase.Endless], null, MpiInstallation.TimeToStop);
        job.Job.WaitUntil(() => job.LogOf(0).Contains("EpochCompleted", StringComparison.Ordinal));

        job.Job.SignalLauncher("INT");

        job.Job.WaitForEnd();
        // The weights after the last step.
        Assert.Matches("stopped\nresult endless weights [0-9a-f]{64}\n$", job.AssertRanksAgree());
    }
}
