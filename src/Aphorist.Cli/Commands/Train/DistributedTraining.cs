using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Distributed;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>`aphorist train --distributed`: the processes that a launcher started train one model together.</summary>
internal static class DistributedTraining
{
    private static readonly ChoiceOption<bool> Distributed = ChoiceOptions.TrueOrFalse(
        "--distributed",
        "Train one model in all processes that mpiexec or srun starts, on one or several machines: mpiexec -n 4 aphorist train CORPUS "
        + "--preset best --batch 128 --distributed. The weights are those of one process, bit for bit. A batch is divided into shards of "
        + "8 to 32 sequences; more processes than shards have no work, so use a larger --batch. Needs MPICH or Open MPI.",
        false);

    private static readonly NumberOption<int> Timeout = NumberOptions.Whole(
        "--timeout",
        "With --distributed: the number of seconds that a process waits for the others before it ends with an error.",
        1,
        maximum: 86400,
        fallback: 120);

    /// <summary>The options, under their heading.</summary>
    public static OptionGroup Options { get; } = new("Several machines", Distributed, Timeout);

    /// <summary>Trains in this process, or together with the others.</summary>
    /// <param name="call">The call.</param>
    /// <param name="train">Trains, given the processes; null for this process alone. Returns the exit code.</param>
    /// <param name="cancellationToken">Interrupts the call.</param>
    /// <exception cref="UsageException">The launcher and the options do not fit together.</exception>
    public static Task<int> RunAsync(ParseResult call, Func<IProcessGroup?, Task<int>> train, CancellationToken cancellationToken)
    {
        if (Distributed.GetValue(call) == true) return JoinAsync(call, train, cancellationToken);
        if (call.GetResult(Timeout) is not null)
            throw new UsageException("--timeout is for training in several processes: add --distributed, or leave it out.");
        if (Invocation.ConsoleOf(call) is RankConsole { Size: int size })
            throw new UsageException(
                $"A launcher started {size} processes, and each would train a model of its own: add --distributed to train one together.");
        return train(null);
    }

    /// <summary>A call that resumes a run in the same number of processes.</summary>
    /// <param name="arguments">The words after --resume.</param>
    /// <param name="processes">The number of processes.</param>
    public static string ResumeCall(string arguments, int processes)
    {
        string call = $"aphorist train --resume {arguments}";
        return processes > 1 ? $"mpiexec -n {processes} {call} {Distributed.Name}" : call;
    }

    private static async Task<int> JoinAsync(
        ParseResult call, Func<IProcessGroup?, Task<int>> train, CancellationToken cancellationToken)
    {
        MpiLauncher launcher = MpiLauncher.Current ?? throw new UsageException(
            $"{Distributed.Name} needs a launcher, which starts the processes: mpiexec -n 4 aphorist train CORPUS {Distributed.Name}. "
            + "See docs/cluster.md.");
        AphoristConsole console = Invocation.ConsoleOf(call);
        bool debug = call.GetValue(GlobalOptions.Debug);
        MpiOptions options = new();
        if (Timeout.GetValue(call) is int seconds) options = options with { Timeout = TimeSpan.FromSeconds(seconds) };
        try
        {
            return await MpiProcessGroup.RunAsync(ReportAsync, options);
        }
        catch (ProcessGroupException exception)
        {
            // This process could not join the group, so it has not done anything yet.
            (TextWriter error, string name) = launcher.Rank > 0 && console is RankConsole rank
                ? (rank.MachineError, launcher.ToString())
                : (console.Error, AphoristCommand.Name);
            ErrorReport.Write(exception, call, error, name);
            return ExitCode.WrongCall;
        }

        // The group has to know the exit code, and may end the process, so errors and output are handled within it. It reports itself why
        // another rank fails, unless rank 0 fails too.
        async Task<int> ReportAsync(MpiProcessGroup processes)
        {
            if (processes.Rank > 0) return await TrainAsync(processes);
            if (processes.Size > 1)
                await CommandOutput.Of(call).Notes.WriteLineAsync(
                    $"Training in {processes.Size} processes on {Plural.Of(processes.Machines, "machine")}.");
            int exitCode = await Invocation.ReportAsync(() => TrainAsync(processes), call, console, cancellationToken);
            await console.Output.FlushAsync(CancellationToken.None);
            return exitCode;
        }

        async Task<int> TrainAsync(MpiProcessGroup processes)
        {
            try
            {
                return await train(processes);
            }
            catch (OperationCanceledException)
            {
                // The call was interrupted, in this process or in another one.
                return ExitCode.Interrupted;
            }
            catch (Exception exception) when (processes.Rank > 0)
            {
                string sentence = ErrorReport.SentenceOf(exception, debug, call.CommandResult.Command);
                throw new ProcessGroupException(debug ? $"{sentence}{Environment.NewLine}{exception}" : sentence, exception);
            }
        }
    }
}
