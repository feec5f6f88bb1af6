using System.Globalization;
using System.Runtime.CompilerServices;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Reports a training run.</summary>
internal interface ITrainingReporter : IAsyncDisposable
{
    ValueTask StartedAsync(TrainingStarted started) => ValueTask.CompletedTask;

    ValueTask ProgressAsync(TrainingProgress progress);

    /// <summary>Nothing has happened for a moment, because a batch or a validation takes long.</summary>
    ValueTask PositionAsync(TrainingPosition position);

    ValueTask ValidationAsync(ValidationMeasured validation);

    ValueTask EpochAsync(EpochCompleted epoch) => ValueTask.CompletedTask;

    ValueTask StepsAsync(StepsCompleted steps) => ValueTask.CompletedTask;

    /// <summary>Validations measure a part of the validation set.</summary>
    ValueTask LimitAsync(ValidationLimited limit) => ValueTask.CompletedTask;

    ValueTask DivergenceAsync(DivergenceDetected divergence);

    /// <summary>Samples of the last completed epoch follow.</summary>
    ValueTask SamplesAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// A sample starts. The seed text is that of the first sample of an epoch, and empty for the others, which continue the text.
    /// </summary>
    void SampleStarted(int epoch, double temperature, string seed)
    {
    }

    /// <summary>A piece of a sample was generated.</summary>
    void SamplePiece(string piece)
    {
    }

    /// <summary>A sample is complete.</summary>
    void SampleCompleted(int epoch, double temperature, string text)
    {
    }

    ValueTask CompletedAsync(TrainingCompleted completed);
}

/// <summary>Trains a run and passes its events to a reporter, the charts and the samples.</summary>
internal static class TrainingLoop
{
    // Training reports progress more often, unless a batch takes longer.
    private static readonly TimeSpan PositionInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Trains to the end. The reporter is disposed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="history">Gets the losses.</param>
    /// <param name="reporter">Reports the run.</param>
    /// <param name="output">Where notes go.</param>
    /// <param name="interrupted">Called if the run is interrupted, before its charts are drawn, which takes a moment.</param>
    /// <param name="cancellationToken">Interrupts the run.</param>
    public static async Task RunAsync(
        ActiveTrainingRun run,
        LossHistory history,
        ITrainingReporter reporter,
        CommandOutput output,
        Func<Task>? interrupted,
        CancellationToken cancellationToken)
    {
        await using RunCharts charts = new(run.Folder, history, output.Notes);
        try
        {
            await RunAsync(run, history, reporter, charts, output, cancellationToken);
        }
        catch (OperationCanceledException) when (interrupted is not null)
        {
            await interrupted();
            throw;
        }
    }

    private static async Task RunAsync(
        ActiveTrainingRun run,
        LossHistory history,
        ITrainingReporter reporter,
        RunCharts charts,
        CommandOutput output,
        CancellationToken cancellationToken)
    {
        TextWriter notes = output.Notes;
        // Disposed before the charts: their notes must not run into the progress bar.
        await using ITrainingReporter report = reporter;
        EpochSamples? samples = run.Options.Samples ? new EpochSamples(run, report, output.Console.Time) : null;
        await foreach (TrainingEvent happened in WithPositions(run, report, cancellationToken))
        {
            switch (happened)
            {
                case TrainingStarted started:
                    LoadHistory(run, history, started.CompletedEpochs);
                    await report.StartedAsync(started);
                    foreach (string note in run.Corpus.Notes.Union(run.Validation?.Notes ?? [])) await notes.WriteLineAsync(note);
                    if (started.UnknownShare is double share) await notes.WriteLineAsync(UnknownWords(share));
                    if (started.SuggestedBatchSize is int size) await notes.WriteLineAsync(IdleProcesses(started, size));
                    break;
                case TrainingProgress progress:
                    await report.ProgressAsync(progress);
                    break;
                case ValidationLimited limit:
                    await report.LimitAsync(limit);
                    break;
                case StepsCompleted steps:
                    history.Add(steps);
                    await report.StepsAsync(steps);
                    charts.Refresh(isWithinEpoch: true);
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
                    charts.Refresh();
                    if (samples is not null) await samples.AddAsync(epoch, cancellationToken);
                    break;
                case TrainingCompleted completed:
                    if (samples is not null) await samples.CompleteAsync(cancellationToken);
                    // The report lists the files.
                    await charts.CompleteAsync();
                    await report.CompletedAsync(completed);
                    break;
            }
        }
    }

    /// <summary>The events of a run. While the next one takes long, the reporter shows where training is.</summary>
    private static async IAsyncEnumerable<TrainingEvent> WithPositions(
        ActiveTrainingRun run, ITrainingReporter report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using IAsyncEnumerator<TrainingEvent> events = run.RunAsync(end.Token).GetAsyncEnumerator(CancellationToken.None);
        while (true)
        {
            Task<bool> next = events.MoveNextAsync().AsTask();
            try
            {
                while (await Task.WhenAny(next, Task.Delay(PositionInterval, CancellationToken.None)) != next)
                    if (run.Position is { } position) await report.PositionAsync(position);
            }
            catch
            {
                // The reporter failed. Training must end before the run is closed.
                await end.CancelAsync();
                await Task.WhenAny(next);
                throw;
            }

            if (!await next) yield break;
            yield return events.Current;
        }
    }

    /// <summary>Loads the metrics before a resume. They are only shown, so a run without readable metrics continues all the same.</summary>
    private static void LoadHistory(TrainingRun run, LossHistory history, int completedEpochs)
    {
        try
        {
            history.Load(run.ReadMetrics().Take(completedEpochs), run.ReadSteps());
        }
        catch (Exception exception) when (exception is TrainingRunException or IOException or UnauthorizedAccessException)
        {
            // The trainer writes the metrics of epochs again after the next epoch.
        }
    }

    private static string IdleProcesses(TrainingStarted started, int batchSize)
    {
        string found = $"Only {started.WorkingProcesses} of {started.Processes} processes have work in each batch";
        return started.CompletedEpochs > 0
            ? $"{found}, and a resumed run keeps its batch size. Start {started.WorkingProcesses}."
            : $"{found}. Start {started.WorkingProcesses}, or use --batch {batchSize}, which gives all of them work but changes the "
              + "trained weights.";
    }

    private static string UnknownWords(double share) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * share:F1} % of the tokens are words outside the vocabulary. The model reads and generates each as U+FFFD.");
}
