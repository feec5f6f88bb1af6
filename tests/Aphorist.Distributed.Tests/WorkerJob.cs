using Aphorist.Distributed.Worker;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>A job in which each rank trained cases and wrote a log of its own.</summary>
internal sealed class WorkerJob : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private WorkerJob()
    {
    }

    /// <summary>The logs of all ranks.</summary>
    public IReadOnlyList<string> Logs { get; private set; } = [];

    /// <summary>Trains cases, one after the other.</summary>
    public static WorkerJob Run(
        MpiInstallation mpi, int ranks, IEnumerable<TrainingCase> cases, NetworkHosts? hosts = null, params (string, string)[] variables)
    {
        WorkerJob finished = new();
        string worker = Path.Combine(AppContext.BaseDirectory, "Aphorist.Distributed.Worker.dll");
        string[] command = ["dotnet", worker, finished.folder.Path, .. cases.Select(training => training.Name)];
        using MpiJob job = MpiJob.Start(mpi, ranks, finished.folder.Path, command, hosts, variables);
        job.WaitForEnd();
        Assert.True(job.ExitCode == 0, job.Everything);
        finished.Logs = [.. Enumerable.Range(0, ranks).Select(rank => File.ReadAllText(finished.folder[$"{rank}.txt"]))];
        return finished;
    }

    /// <summary>The lines of a log that must not depend on the number of processes.</summary>
    public static string[] ResultsOf(string log) =>
        [.. log.Split(Environment.NewLine).Where(line => line.StartsWith(TrainingCase.ResultPrefix, StringComparison.Ordinal))];

    /// <summary>Checks that every rank saw the same events, and has certain results.</summary>
    public void AssertResults(string[] expected)
    {
        Assert.NotEmpty(expected);
        Assert.All(Logs, log => Assert.Equal(Logs[0], log));
        Assert.Equal(expected, ResultsOf(Logs[0]));
    }

    public void Dispose() => folder.Dispose();
}
