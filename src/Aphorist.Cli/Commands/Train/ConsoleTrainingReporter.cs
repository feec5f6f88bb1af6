using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>
/// Reports a training run as text: a line for each epoch, then its samples, and at the end what came of it. On a terminal, epochs that
/// are too short to be read have no line.
/// </summary>
internal sealed class ConsoleTrainingReporter(
    CommandOutput output, EpochProgress progressBar, RunExtent extent, LossHistory history, ActiveTrainingRun run) : ITrainingReporter
{
    /// <summary>The least time between two lines on a terminal.</summary>
    public static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    private const string Indent = "  ";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly TimeProvider clock = output.Console.Time;
    private readonly bool isShort = EpochSamples.StyleOf(run.Options) == SampleStyle.Excerpt;
    private readonly WordWrap? wrap = output.WrapResult();
    private string? resuming, omitted;
    private long? lastLine;
    private bool isResumed, hasTrained, isTyping;
    private int processes;

    private bool IsTooSoon => output.Console.IsOutputTerminal && lastLine is long last && clock.GetElapsedTime(last) < LineInterval;

    public async ValueTask StartedAsync(TrainingStarted started)
    {
        processes = started.Processes;
        string where = run.Validation is { } text ? $"in {text.Name}" : "held out";
        string validation = started.ValidationPredictions == 0
            ? ""
            : string.Create(Culture, $", {started.ValidationPredictions:N0} {where} for validation");
        await output.NoteAsync(string.Create(
            Culture, $"{run.Corpus.Name}: {SizeOf(started)}. {Plural.Of(started.Predictions, "prediction")} per epoch{validation}."));
        await output.Notes.WriteLineAsync($"Run folder: {run.Folder}");
        if (run.Position is not { Seconds: > 0 } position) return;
        isResumed = true;
        resuming = position.Batch > 0
            ? $"Resuming in {extent.In(position.Epoch)}."
            : $"Resuming after {extent.In(started.CompletedEpochs)}.";
    }

    public async ValueTask ProgressAsync(TrainingProgress progress)
    {
        await TrainingAsync();
        await progressBar.ShowAsync(progress);
    }

    public async ValueTask PositionAsync(TrainingPosition position)
    {
        await TrainingAsync();
        await progressBar.ShowAsync(position);
    }

    public async ValueTask ValidationAsync(ValidationMeasured validation)
    {
        await TrainingAsync();
        progressBar.Add(validation);
        if (IsTooSoon) return;
        await WriteLineAsync(string.Create(
            Culture, $"{extent.In(validation.Epoch)}, batch {validation.Batch}  validation {validation.ValidationLoss:F4}"));
    }

    public async ValueTask EpochAsync(EpochCompleted epoch)
    {
        await TrainingAsync();
        string seconds = extent.IsTimed ? "" : string.Create(Culture, $"  {epoch.Seconds:F1} s");
        string line = $"{extent.In(epoch.Epoch)}  {EpochProgress.LossesOf(epoch)}{seconds}";
        omitted = IsTooSoon ? line : null;
        if (omitted is null) await WriteLineAsync(line);
        else await progressBar.ShowAsync(epoch);
    }

    public async ValueTask LimitAsync(ValidationLimited limit)
    {
        await progressBar.HideAsync();
        await output.Notes.WriteLineAsync(Sentence(limit));
    }

    public async ValueTask DivergenceAsync(DivergenceDetected divergence)
    {
        await TrainingAsync();
        await progressBar.HideAsync();
        await output.NoteAsync(Sentence(divergence));
    }

    public async ValueTask SamplesAsync()
    {
        await WriteOmittedAsync();
        await progressBar.HideAsync();
    }

    public void SampleStarted(int epoch, double temperature, string seed)
    {
        if (isShort) return;
        isTyping = true;
        if (seed.Length > 0) Type($"--- seed\n{seed}\n");
        Type(string.Create(Culture, $"--- temperature {temperature:F1}\n"));
    }

    public void SamplePiece(string piece)
    {
        if (!isShort) Type(piece);
    }

    public void SampleCompleted(int epoch, double temperature, string text)
    {
        if (!isShort)
        {
            EndTyping();
        }
        else if (temperature == EpochSamples.ShortTemperature)
        {
            string excerpt = SampleExcerpt.Of(text);
            output.Result.Announce(wrap is null ? Indent + excerpt : WordWrap.Of(excerpt, output.Console.TerminalColumns, Indent));
        }
    }

    public async ValueTask CompletedAsync(TrainingCompleted completed)
    {
        await WriteOmittedAsync();
        await progressBar.HideAsync();
        string trained = $"{Plural.Of(completed.Epochs, "epoch")} in {Quantity.Of(TimeSpan.FromSeconds(completed.Seconds))}";
        TrainingRecord? best = File.Exists(run.BestModelPath) ? ModelFileInfo.Read(run.BestModelPath).Training : null;
        bool wasFinished = isResumed && !hasTrained;
        string beginning = wasFinished ? "This run is finished: it trained for" : "Trained for";
        await output.NoteAsync($"{beginning} {trained}. {RunSummary.Result(history.Epochs, best)}");
        if (wasFinished)
        {
            (string reason, string call) = RunSummary.Continuation(run, completed, processes);
            await output.NoteAsync(reason);
            await output.Notes.WriteLineAsync(Indent + call);
        }

        await output.Notes.WriteLineAsync($"Files in {run.Folder}:");
        foreach (string line in RunSummary.Files(run, completed.Epochs, best)) await output.Notes.WriteLineAsync(Indent + line);
        await output.Notes.WriteLineAsync($"Generate text with: aphorist generate {ShellWord.Of(run.Folder)}");
        output.Result.Announce(run.BestModelPath);
    }

    public ValueTask DisposeAsync()
    {
        EndTyping();
        return progressBar.DisposeAsync();
    }

    /// <summary>Says how much of the validation set is measured.</summary>
    public static string Sentence(ValidationLimited limit) => string.Create(
        Culture,
        $"Each validation measures {limit.Predictions:N0} of {limit.ValidationPredictions:N0} tokens, always the same ones "
        + $"(see --validation-tokens).");

    /// <summary>Says what happened and what is done about it.</summary>
    public static string Sentence(DivergenceDetected divergence) => string.Create(
        Culture,
        $"The loss rose to {divergence.Loss:F2} in epoch {divergence.Epoch} (expected about {divergence.ExpectedLoss:F2}). "
        + $"Restored the last good weights; the learning rate is now {divergence.LearningRate:G4}.");

    /// <summary>Something is trained. Only then a resumed run was not finished.</summary>
    private async ValueTask TrainingAsync()
    {
        hasTrained = true;
        if (resuming is null) return;
        (string note, resuming) = (resuming, null);
        await output.Notes.WriteLineAsync(note);
    }

    private async ValueTask WriteOmittedAsync()
    {
        if (omitted is string line) await WriteLineAsync(line);
    }

    private async ValueTask WriteLineAsync(string line)
    {
        omitted = null;
        lastLine = clock.GetTimestamp();
        await progressBar.HideAsync();
        output.Result.Announce(line);
    }

    private void Type(string text)
    {
        if (wrap is null) output.Result.Type(text);
        else wrap.Write(text);
    }

    /// <summary>Ends the line of a sample, which an interruption can leave open.</summary>
    private void EndTyping()
    {
        if (!isTyping) return;
        isTyping = false;
        Type("\n");
        output.Result.Flush();
    }

    private string SizeOf(TrainingStarted started) => Plural.Of(started.Characters, "character") + TokensOf(started);

    private string TokensOf(TrainingStarted started) => run.Options.Tokenizer.Kind switch
    {
        TokenizerKind.Words => string.Create(Culture, $", {Plural.Of(started.Tokens, "token")}, {started.VocabularySize:N0} distinct"),
        TokenizerKind.Bytes => $", {Plural.Of(started.Tokens, "byte")}",
        _ => $", {started.VocabularySize} distinct",
    };
}
