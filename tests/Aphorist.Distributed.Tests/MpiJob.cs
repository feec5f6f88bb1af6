using System.Diagnostics;
using System.Globalization;
using System.Text;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>Ranks that a launcher started. They end with the object, at the latest.</summary>
/// <remarks>
/// What each rank writes to standard error goes to a file of its own, because it cannot reach the launcher without a network.
/// </remarks>
internal sealed class MpiJob : IDisposable
{
    // Long enough for a slow or busy machine, and a hang still ends.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Notes the process id of each rank.
    private const string Wrapper =
        """
        rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}
        folder=$1
        shift
        echo $$ > "$folder/$rank.id"
        exec "$@" 2> "$folder/$rank.error"
        """;

    private readonly TemporaryFolder folder = new();
    private readonly StringBuilder output = new(), error = new();
    private readonly Process process;
    private readonly Task outputs;
    private readonly int ranks;

    /// <summary>Starts ranks on this machine or, with hosts, the same number of ranks on each.</summary>
    public MpiJob(
        MpiInstallation mpi,
        int ranks,
        string workingFolder,
        string[] command,
        NetworkHosts? hosts = null,
        params (string Name, string Value)[] variables)
    {
        this.ranks = ranks;
        string[] line =
        [
            .. hosts?.EnterLauncher ?? [], mpi.Launcher, .. mpi.Arguments(ranks, hosts), "sh", "-c", Wrapper, "sh", folder.Path, .. command,
        ];
        ProcessStartInfo start = new(line[0], line[1..])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Never the user's own files.
        start.Environment["APHORIST_CORPORA"] = Path.Combine(folder.Path, "downloads");
        start.Environment["APHORIST_PREPARED"] = Path.Combine(folder.Path, "prepared");
        start.Environment["DOTNET_gcServer"] = "0";
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.StandardInput.Close();
        outputs = Task.WhenAll(CollectAsync(process.StandardOutput, output), CollectAsync(process.StandardError, error));
    }

    /// <summary>The exit code of the launcher.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>What the launcher and the ranks have written to standard output until now.</summary>
    public string Output => TextOf(output);

    /// <summary>What the launcher has written to standard error until now.</summary>
    public string LauncherError => TextOf(error);

    /// <summary>Everything that was written, for messages.</summary>
    public string Everything =>
        $"{Output}\n{LauncherError}\n{string.Join('\n', Enumerable.Range(0, ranks).Select(rank => $"rank {rank}: {ErrorOf(rank)}"))}";

    /// <summary>What a rank has written to standard error until now.</summary>
    public string ErrorOf(int rank)
    {
        string path = folder[$"{rank}.error"];
        if (!File.Exists(path)) return "";
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    /// <summary>Waits until a condition holds, while the launcher runs.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            // Read in this order, since it may end just after the condition holds.
            Assert.False(process.HasExited && !condition(), $"The job ended too early.\n{Everything}");
            Assert.True(waited.Elapsed < Patience, $"Nothing happened within {Patience}.\n{Everything}");
            Thread.Sleep(10);
        }
    }

    /// <summary>Waits for the launcher and all ranks to end.</summary>
    /// <param name="limit">The longest time; a few minutes by default, which only ends a hang.</param>
    public void WaitForEnd(TimeSpan? limit = null)
    {
        WaitWhile(() => !process.HasExited || RunningRanks().Any(), limit ?? Patience);
        // If a process outside of this job has inherited the pipes, they do not end.
        outputs.Wait(TimeSpan.FromSeconds(10));
    }

    /// <summary>Waits for all ranks to end. The launcher may wait longer, if it has lost its network.</summary>
    /// <param name="limit">The longest time.</param>
    public void WaitForRanks(TimeSpan limit) => WaitWhile(() => RunningRanks().Any(), limit);

    /// <summary>Sends a signal to the launcher: INT is what Ctrl-C sends.</summary>
    public void SignalLauncher(string signal) => Send(signal, process.Id);

    /// <summary>Sends a signal to a rank.</summary>
    public void SignalRank(string signal, int rank)
    {
        WaitUntil(() => IdOf(rank) is not null);
        Send(signal, IdOf(rank)!.Value);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        foreach (int rank in RunningRanks().ToArray()) Send("KILL", IdOf(rank)!.Value);
        process.Dispose();
        folder.Dispose();
    }

    private static void Send(string signal, int id) => Process.Start("kill", [$"-{signal}", $"{id}"]).WaitForExit();

    // A process that ended stays in the list until its parent asks, as a zombie.
    private static bool IsRunningProcess(int id)
    {
        try
        {
            string state = File.ReadAllText($"/proc/{id}/stat");
            return state[state.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder text)
    {
        char[] block = new char[4096];
        while (await reader.ReadAsync(block).ConfigureAwait(false) is > 0 and int count)
            lock (text) text.Append(block, 0, count);
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private void WaitWhile(Func<bool> condition, TimeSpan limit)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (condition())
        {
            Assert.True(waited.Elapsed < limit, $"Not all processes ended within {limit}.\n{Everything}");
            Thread.Sleep(10);
        }
    }

    private bool IsRunning(int rank) => IdOf(rank) is { } id && IsRunningProcess(id);

    private IEnumerable<int> RunningRanks() => Enumerable.Range(0, ranks).Where(IsRunning);

    private int? IdOf(int rank) =>
        File.Exists(folder[$"{rank}.id"])
        && int.TryParse(File.ReadAllText(folder[$"{rank}.id"]), CultureInfo.InvariantCulture, out int id) ? id : null;
}
