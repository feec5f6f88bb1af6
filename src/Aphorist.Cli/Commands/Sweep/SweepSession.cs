using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Cli.Terminal;
using Aphorist.IO;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>
/// One call of `aphorist sweep`: trains the runs that are not finished, one after another, each as `aphorist train` would.
/// </summary>
internal sealed class SweepSession(SweepPlan plan, string folder, Command command, CommandOutput output)
{
    private readonly List<SweepOutcome> outcomes = [];

    /// <summary>Trains the runs.</summary>
    /// <param name="again">The call to repeat after an interruption.</param>
    /// <param name="cancellationToken">Interrupts the sweep.</param>
    public async Task<int> RunAsync(string again, CancellationToken cancellationToken)
    {
        using IDisposable held = LockFolder();
        try
        {
            await TrainAllAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Result.Flush();
            await output.Console.Error.WriteLineAsync($"Interrupted. Continue, in the same folder, with: {again}");
            return ExitCode.Interrupted;
        }

        await ReportEndAsync();
        return outcomes.Exists(outcome => outcome.Result is not null) ? ExitCode.Done : ExitCode.Failed;
    }

    private IDisposable LockFolder()
    {
        try
        {
            Directory.CreateDirectory(folder);
            IDisposable? held = FileLock.TryTakeFolder(folder);
            AtomicFile.DeleteLeftovers(folder);
            if (held is not null) return held;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Cannot create the sweep folder '{folder}': {exception.Message.TrimEnd('.')}. Choose another with --sweep.", exception);
        }

        throw new IOException($"Another process uses the sweep folder '{folder}': wait for it, or choose another with --sweep.");
    }

    private async Task TrainAllAsync(CancellationToken cancellationToken)
    {
        SweepRun[] unfinished = [.. plan.Runs.Where(run => !TakeFinished(run))];
        if (unfinished.Length == 0) ShowTable();
        else await EnsureTextsUnchangedAsync(cancellationToken);
        foreach (SweepRun run in unfinished)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(await TryTrainAsync(run, cancellationToken));
            ShowTable();
        }
    }

    private bool TakeFinished(SweepRun run)
    {
        if (SweepResult.Read(run) is not { } result) return false;
        Add(new SweepOutcome(run, result, null));
        return true;
    }

    /// <summary>Trains a run. Its failure is its outcome, but an interruption, or a text that cannot be read, ends the sweep.</summary>
    private async Task<SweepOutcome> TryTrainAsync(SweepRun run, CancellationToken cancellationToken)
    {
        try
        {
            SweepResult result = await TrainAsync(run, cancellationToken);
            result.Write(run);
            return new SweepOutcome(run, result, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not CorpusException)
        {
            string message = ErrorReport.SentenceOf(exception, output.Debug, command);
            await output.Notes.WriteLineAsync($"Run {run.Name} failed: {message}");
            if (output.Debug) await output.Console.Error.WriteLineAsync(exception.ToString());
            return new SweepOutcome(run, null, message);
        }
    }

    private async Task<SweepResult> TrainAsync(SweepRun run, CancellationToken cancellationToken)
    {
        bool isStarted = File.Exists(run.OptionsFile);
        int number = outcomes.Count + 1;
        await output.Notes.WriteLineAsync($"Run {number} of {plan.Runs.Count}{(isStarted ? " resumes" : "")}: {run.Name}");
        using ActiveTrainingRun training = await TrainCommand.PrepareAsync(
            run.Call, isStarted ? null : run.Folder, isStarted ? run.Folder : null, samples: (false, null), output, processes: null,
            cancellationToken);
        LossHistory history = new();
        EpochProgress progress = new(output, RunExtent.Of(training), history, $"run {number}/{plan.Runs.Count}, ");
        SweepReporter reporter = new(progress, output.Notes);
        await TrainingLoop.RunAsync(training, history, reporter, output, interrupted: null, cancellationToken);
        return SweepResult.Of(training, reporter.UnknownShare, reporter.Seconds);
    }

    /// <summary>Opens the texts of the finished runs again: losses on different texts cannot be compared.</summary>
    private async Task EnsureTextsUnchangedAsync(CancellationToken cancellationToken)
    {
        HashSet<string> seen = [];
        foreach (SweepRun run in outcomes.Select(outcome => outcome.Run))
        {
            TrainingRunOptions started = TrainingRun.Open(run.Folder).Options;
            string?[] texts =
            [
                .. started.Corpus, started.CorpusSha256, started.ValidationText, started.ValidationSha256,
                started.Encoding, $"{started.Lowercase}",
            ];
            if (!seen.Add(string.Join('\n', texts))) continue;
            CorpusOptions options = new() { Encoding = started.Encoding, Lowercase = started.Lowercase };
            Corpus corpus = await CorpusOpening.OpenAsync(started.Corpus, options, output, cancellationToken);
            Corpus? validation = started.ValidationText is string text
                ? await CorpusOpening.OpenAsync([text], options, output, cancellationToken)
                : null;
            string? changed = corpus.Sha256 != started.CorpusSha256 ? corpus.Name
                : validation?.Sha256 != started.ValidationSha256 ? validation!.Name
                : null;
            if (changed is not null)
            {
                throw new UsageException(
                    $"'{changed}' has changed since run {run.Name}, and losses on different texts cannot be compared: "
                    + "restore the text, or choose another folder with --sweep.");
            }
        }
    }

    private void Add(SweepOutcome outcome)
    {
        outcomes.Add(outcome);
        if (output.Json) output.Result.Announce(SweepReport.Json(plan, outcome));
    }

    private void ShowTable()
    {
        SweepReport.WriteFile(folder, plan, outcomes);
        if (!output.Json) SweepReport.WriteTable(output.Result, plan, outcomes);
    }

    private async Task ReportEndAsync()
    {
        SweepOutcome best = SweepOutcome.Ranked(outcomes)[0];
        string results = Path.Combine(folder, SweepReport.FileName);
        if (output.Json) output.Result.Announce(SweepReport.EndJson(best, results));
        int done = outcomes.Count(outcome => outcome.Result is not null);
        await output.Notes.WriteLineAsync($"{done} of {plan.Runs.Count} runs succeeded. Results: {results}.");
        if (best.Result is null) return;
        string model = ShellWord.Of(ModelPath.Of(best.Run.Folder));
        await output.Notes.WriteLineAsync($"Generate text with the best model: aphorist generate {model} --prompt \"...\"");
    }

    /// <summary>Shows a progress bar and reports divergence. The result is reported after the run.</summary>
    private sealed class SweepReporter(EpochProgress progressBar, TextWriter notes) : ITrainingReporter
    {
        /// <summary>Seconds of training, once the run has ended.</summary>
        public double Seconds { get; private set; }

        /// <summary>The share of unknown tokens in the corpus, once the run has started.</summary>
        public double? UnknownShare { get; private set; }

        public ValueTask StartedAsync(TrainingStarted started)
        {
            UnknownShare = started.UnknownShare;
            return ValueTask.CompletedTask;
        }

        public ValueTask ProgressAsync(TrainingProgress progress) => progressBar.ShowAsync(progress);

        public ValueTask PositionAsync(TrainingPosition position) => progressBar.ShowAsync(position);

        public ValueTask ValidationAsync(ValidationMeasured validation)
        {
            progressBar.Add(validation);
            return ValueTask.CompletedTask;
        }

        public async ValueTask LimitAsync(ValidationLimited limit)
        {
            await progressBar.HideAsync();
            await notes.WriteLineAsync(ConsoleTrainingReporter.Sentence(limit));
        }

        public async ValueTask DivergenceAsync(DivergenceDetected divergence)
        {
            await progressBar.HideAsync();
            await notes.WriteLineAsync(ConsoleTrainingReporter.Sentence(divergence));
        }

        public async ValueTask CompletedAsync(TrainingCompleted completed)
        {
            await progressBar.HideAsync();
            Seconds = completed.Seconds;
        }

        public ValueTask DisposeAsync() => progressBar.DisposeAsync();
    }
}
