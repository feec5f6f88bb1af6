using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Carries out a call of `aphorist train`.</summary>
internal static class TrainingCall
{
    public static async Task<int> RunAsync(TrainingRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        using ActiveTrainingRun run = await RunPreparation.PrepareAsync(request, output, cancellationToken);
        EpochHistory history = new();
        try
        {
            await TrainAsync(run, history, ReportFor(run, history, output), output.Notes, request.Samples, cancellationToken);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Result.Flush();
            await output.Console.Error.WriteLineAsync($"Stopped, nothing is lost. Go on with: aphorist train --resume {ShellWord.Of(run.Folder.Path)}");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Trains and tells the report, which is then done with.</summary>
    public static async Task TrainAsync(
        ActiveTrainingRun run, EpochHistory history, ITrainingReporter told, TextWriter notes, bool writesSamples, CancellationToken cancellationToken)
    {
        // Declared before the report, and so finished after it: when there is no progress bar any more that a note could run into.
        await using RunPictures pictures = new(run.Folder, history, notes);
        await using ITrainingReporter report = told;
        EpochSamples? samples = writesSamples ? new EpochSamples(run, report) : null;
        await foreach (TrainingEvent happened in run.RunAsync(cancellationToken))
        {
            switch (happened)
            {
                case TrainingStarted started:
                    history.LoadFrom(run, started.CompletedEpochs);
                    await report.StartedAsync(started);
                    if (started.UnknownShare is double share) await notes.WriteLineAsync(UnknownWords(share));
                    break;
                case TrainingProgress progress:
                    await report.ProgressAsync(progress);
                    break;
                case DivergenceDetected divergence:
                    await report.DivergenceAsync(divergence);
                    break;
                case ValidationMeasured validation:
                    await report.ValidationAsync(validation);
                    break;
                case EpochCompleted epoch:
                    history.Add(epoch);
                    await report.EpochAsync(epoch);
                    pictures.Refresh();
                    samples?.Write(epoch, cancellationToken);
                    break;
                case TrainingCompleted completed:
                    await report.CompletedAsync(completed, run.BestModelPath);
                    break;
            }
        }
    }

    private static string UnknownWords(double share) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * share:F1} % of the tokens are words that the vocabulary lacks; the model reads and writes each as U+FFFD.");

    private static ITrainingReporter ReportFor(ActiveTrainingRun run, EpochHistory history, CommandOutput output)
    {
        EpochProgress progress = new(output, run.Options.Training.Epochs, history);
        return output.Json
            ? new JsonTrainingReporter(output.Result, progress)
            : new ConsoleTrainingReporter(output, progress, run.Options, run.Corpus.Name, run.Folder);
    }
}
