using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>Makes one run after another, each as `aphorist train` would, but for the samples.</summary>
/// <param name="count">How many runs the sweep has.</param>
/// <param name="output">Where to.</param>
internal sealed class SweepRunner(int count, CommandOutput output)
{
    private const string OptionsFile = "options.json";

    /// <summary>Makes a run, or goes on with it; whatever stops it, but for an interruption or a text that cannot be read, is its outcome.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Its place, from 1.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    public async Task<SweepOutcome> RunAsync(SweptRun run, int number, CancellationToken cancellationToken)
    {
        try
        {
            SweepResult result = await TrainAsync(run, number, cancellationToken);
            result.Write(run);
            return new SweepOutcome(run, result, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not CorpusException)
        {
            string sentence = ErrorReport.SentenceOf(exception, output.Debug);
            await output.Notes.WriteLineAsync($"Run {run.Name} failed: {sentence}");
            if (output.Debug) await output.Console.Error.WriteLineAsync(exception.ToString());
            return new SweepOutcome(run, null, sentence);
        }
    }

    private async Task<SweepResult> TrainAsync(SweptRun run, int number, CancellationToken cancellationToken)
    {
        bool isBegun = File.Exists(Path.Combine(run.Folder, OptionsFile));
        await output.Notes.WriteLineAsync($"Run {number} of {count}{(isBegun ? " goes on" : "")}: {run.Name}");
        // A run that went on from a model has that model in its own folder.
        TrainingRequest request = isBegun ? run.Request with { Resume = run.Folder, From = null } : run.Request with { Run = run.Folder };
        using ActiveTrainingRun prepared = await RunPreparation.PrepareAsync(request, output, cancellationToken);
        EpochHistory history = new();
        SweepReport report = new(new EpochProgress(output, prepared.Options.Training.Epochs, history, $"run {number}/{count}, "), output.Notes);
        await TrainingCall.TrainAsync(prepared, history, report, output.Notes, writesSamples: false, cancellationToken);
        return SweepResult.Of(prepared, report.Seconds);
    }
}
