using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Training;

/// <summary>Prepares an interrupted run to go on.</summary>
internal static class ResumedRun
{
    public static Task<PreparedRun> PrepareAsync(TrainingRequest request, CommandOutput output, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
