using Aphorist.Distributed.Worker;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>A job in which each rank trains cases and writes a log of its own.</summary>
internal sealed class WorkerJob : IDisposable
{
    private static readonly Lazy<string[]> Expected = new(() => ResultsAlone(threads: 1));

    private readonly TemporaryFolder folder = new();
    private readonly TrainingCase[] cases;
    private readonly int ranks;

    /// <summary>Starts ranks that train cases, one after the other.</summary>
    public WorkerJob(
        MpiInstallation mpi,
        int ranks,
        IEnumerable<TrainingCase> cases,
        NetworkHosts? hosts = null,
        params (string Name, string Value)[] variables)
    {
        (this.cases, this.ranks) = ([.. cases], ranks);
        string worker = Path.Combine(AppContext.BaseDirectory, "Aphorist.Distributed.Worker.dll");
        string[] command = ["dotnet", worker, folder.Path, .. cases.Select(training => training.Name)];
        Job = new MpiJob(mpi, ranks, folder.Path, command, hosts, variables);
    }

    /// <summary>The results of all cases in one process with one thread.</summary>
    public static string[] ExpectedResults => Expected.Value;

    /// <summary>The ranks.</summary>
    public MpiJob Job { get; }

    /// <summary>Trains cases, one after the other, and waits for the end.</summary>
    public static WorkerJob Run(
        MpiInstallation mpi,
        int ranks,
        IEnumerable<TrainingCase> cases,
        NetworkHosts? hosts = null,
        params (string Name, string Value)[] variables)
    {
        WorkerJob started = new(mpi, ranks, cases, hosts, variables);
        try
        {
            started.Job.WaitForEnd();
            Assert.True(started.Job.ExitCode == 0, started.Job.Everything);
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Trains all cases in this process.</summary>
    public static string[] ResultsAlone(int threads)
    {
        using StringWriter log = new();
        foreach (TrainingCase training in TrainingCase.All) training.RunAsync(log, processes: null, threads).GetAwaiter().GetResult();
        return ResultsOf(log.ToString());
    }

    /// <summary>What a rank has written until now.</summary>
    public string LogOf(int rank)
    {
        if (!File.Exists(folder[$"{rank}.txt"])) return "";
        using StreamReader reader = new(folder[$"{rank}.txt"], new FileStreamOptions { Share = FileShare.ReadWrite });
        return reader.ReadToEnd();
    }

    /// <summary>Checks that every rank saw the same events with the same numbers, times included, and returns them.</summary>
    public string AssertRanksAgree()
    {
        string first = LogOf(0);
        Assert.All(Enumerable.Range(1, ranks - 1), rank => Assert.Equal(first, LogOf(rank)));
        return first;
    }

    /// <summary>Checks that all ranks have the results of one process.</summary>
    public void AssertResultsOfOneProcess()
    {
        string[] expected =
        [
            .. ExpectedResults.Where(line =>
                cases.Any(training => line.StartsWith($"{TrainingCase.ResultPrefix}{training.Name} ", StringComparison.Ordinal))),
        ];
        Assert.Equal(cases.Length, expected.Count(line => line.Contains(" weights ", StringComparison.Ordinal)));
        Assert.Equal(expected, ResultsOf(AssertRanksAgree()));
    }

    public void Dispose()
    {
        Job.Dispose();
        folder.Dispose();
    }

    // The lines that do not depend on the number of processes.
    private static string[] ResultsOf(string log) =>
        [.. log.Split('\n').Where(line => line.StartsWith(TrainingCase.ResultPrefix, StringComparison.Ordinal))];
}
