using Aphorist.Cli.Terminal;
using Aphorist.Distributed;
using Aphorist.Training;
using Spectre.Console;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// The console of one of several processes that a launcher started to train a model together. The first process writes for all; the others
/// write only errors of their own. There is no terminal: a launcher collects the lines of all processes.
/// </summary>
internal sealed class RankConsole(AphoristConsole process, int rank, int size) : AphoristConsole
{
    // Open MPI ends all processes as soon as one ends with an error.
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(1);

    /// <summary>The number of processes.</summary>
    public int Size => size;

    public override Stream Input => process.Input;

    public override string? InputPath => process.InputPath;

    public override ResultWriter Output { get; } = rank == 0 ? process.Output : new ResultWriter(Stream.Null);

    public override TextWriter Error => rank == 0 ? process.Error : TextWriter.Null;

    public override TimeProvider Time => process.Time;

    public override bool IsReaderGone => process.IsReaderGone;

    /// <summary>The console for a call: that of the process, unless a launcher started several processes to train.</summary>
    public static AphoristConsole Of(string[] arguments, AphoristConsole process)
    {
        // Other commands do not work together: a launcher can run them to generate many texts.
        if (arguments.FirstOrDefault(word => !word.StartsWith('-')) != "train") return process;
        return MpiLauncher.Current is { Size: > 1 } launcher ? new RankConsole(process, launcher.Rank, launcher.Size) : process;
    }

    public override string? GetVariable(string name) => process.GetVariable(name);

    public override IEnumerable<(string Name, string Value)> GetVariables() => process.GetVariables();

    public override (TextWriter Writer, string Name) ReportOf(Exception exception) => rank == 0 || IsReportedByFirst(exception)
        ? (Error, AphoristCommand.Name)
        : (process.Error, $"rank {rank} of {size} ({Environment.MachineName})");

    public override async Task CloseAsync(int exitCode, CancellationToken cancellationToken)
    {
        if (rank > 0 && exitCode == ExitCode.WrongCall)
            await Task.Delay(TimeToReport, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.CloseAsync(exitCode, cancellationToken);
    }

    protected override IAnsiConsole CreateTerminal(bool isError) => throw new InvalidOperationException("There is no terminal.");

    /// <summary>Whether all processes fail alike: they make the same call and take the same decisions.</summary>
    private static bool IsReportedByFirst(Exception exception) => exception
        is UsageException
        or InvalidOptionsException
        or TrainingDivergedException
        or OperationCanceledException
        or ProcessGroupException { IsReportedByAnother: true };
}
