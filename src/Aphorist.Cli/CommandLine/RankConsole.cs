using Aphorist.Cli.Terminal;
using Aphorist.Distributed;
using Spectre.Console;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// The console of one of several processes that a launcher started to train together. Rank 0 reports for all, and the others are silent.
/// There is no terminal, because a launcher collects the lines of all processes.
/// </summary>
internal sealed class RankConsole(AphoristConsole process, MpiLauncher launcher) : AphoristConsole
{
    // Only processes of Open MPI have this variable.
    private const string OpenMpiRank = "OMPI_COMM_WORLD_RANK";

    // Open MPI ends all processes as soon as one ends with an error, but rank 0 has to report it.
    private static readonly TimeSpan TimeToReport = TimeSpan.FromSeconds(5);

    // Where no variable begins like this, the assembly for MPI is not even loaded.
    private static readonly string[] LauncherPrefixes = ["OMPI_", "PMI_", "SLURM_"];

    /// <summary>The number of processes.</summary>
    public int Size => launcher.Size;

    public override Stream Input => process.Input;

    public override string? InputPath => process.InputPath;

    public override ResultWriter Output { get; } = launcher.Rank == 0 ? process.Output : new ResultWriter(Stream.Null);

    public override TextWriter Error => launcher.Rank == 0 ? process.Error : TextWriter.Null;

    /// <summary>For an error that all processes of a machine have: one of them reports it.</summary>
    public TextWriter MachineError => launcher.LocalRank is null or 0 ? process.Error : TextWriter.Null;

    public override TimeProvider Time => process.Time;

    public override bool IsReaderGone => process.IsReaderGone;

    /// <summary>The console for a call: that of the process, unless a launcher started several processes to train.</summary>
    public static AphoristConsole Of(string[] arguments, AphoristConsole process)
    {
        // Other commands do not work together: a launcher may run them many times, for example to generate many texts.
        bool isTraining = arguments.FirstOrDefault(word => !word.StartsWith('-')) == "train";
        bool isLaunched = process.GetVariables().Any(variable =>
            LauncherPrefixes.Any(prefix => variable.Name.StartsWith(prefix, StringComparison.Ordinal)));
        return isTraining && isLaunched ? OfLauncher(process) : process;
    }

    public override string? GetVariable(string name) => process.GetVariable(name);

    public override IEnumerable<(string Name, string Value)> GetVariables() => process.GetVariables();

    public override async Task CloseAsync(int exitCode, CancellationToken cancellationToken)
    {
        if (launcher.Rank > 0 && exitCode == ExitCode.WrongCall && GetVariable(OpenMpiRank) is not null)
            await Task.Delay(TimeToReport, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.CloseAsync(exitCode, cancellationToken);
    }

    protected override IAnsiConsole CreateTerminal(bool isError) => throw new InvalidOperationException("There is no terminal.");

    private static AphoristConsole OfLauncher(AphoristConsole process)
    {
        if (MpiLauncher.Current is not { Size: > 1 } launcher) return process;
        // Open MPI gives each process a terminal, which .NET would prepare with an escape sequence.
        Environment.SetEnvironmentVariable("TERM", "dumb");
        return new RankConsole(process, launcher);
    }
}
