using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>`aphorist train`: trains a model on a text.</summary>
internal static class TrainCommand
{
    private static readonly Option<string?> Folder = new("--run")
    {
        Description = "Run folder for models, checkpoint, metrics, charts and samples. Default: runs/CORPUS.",
        HelpName = "folder",
    };

    // It sets no property, so the word "Resume" in a message stays a word.
    private static readonly Option<string?> Resume = new Option<string?>("--resume")
    {
        Description = "Resume the run in this folder with its own options.",
        HelpName = "folder",
    }.Sets("");

    private static readonly ChoiceOption<(bool AreGenerated, SampleStyle? Style)> Samples =
        new ChoiceOption<(bool AreGenerated, SampleStyle? Style)>(
            "--samples",
            "Samples shown during training. short: the first 200 characters of one, at most one every five seconds. notebook: four "
            + "temperatures after every epoch. none: no samples. The run folder has those of all temperatures. Default: notebook with "
            + "--preset notebook, otherwise short.",
            ("short", (true, SampleStyle.Excerpt)), ("notebook", (true, SampleStyle.Notebook)), ("none", (false, null)))
        .Understands("true", (true, null))
        .Understands("false", (false, null));

    public static Command Create()
    {
        Command command = new("train", "Train a model on a text.") { RunFlags.Corpus };
        OptionGroup[] groups = [.. RunFlags.Groups];
        groups[0] = groups[0] with { Options = [.. groups[0].Options, Folder, Resume] };
        groups[^1] = groups[^1] with { Options = [.. groups[^1].Options, Samples] };
        OptionGroup.Attach(command, [.. groups, DistributedTraining.Options]);
        command.SetAction((call, cancellationToken) => DistributedTraining.RunAsync(
            call, processes => RunAsync(call, processes, cancellationToken), cancellationToken));
        Example.Attach(
            command,
            new("aphorist train", "Train on the built-in fables for one minute, into runs/fables."),
            new("aphorist train mine.txt --minutes 5", "Train on your own text for five minutes."),
            new("aphorist train --resume runs/mine", "Resume an interrupted run."),
            new("aphorist train nietzsche --preset notebook", "Download the notebook's corpus and train exactly as the notebook does."),
            new(
                "aphorist train mine.txt --encoding windows-1252 --lowercase true --run runs/mine",
                "Read a file in an older encoding and convert it to lower case."),
            new("aphorist train nietzsche --tokenizer words", "Train a model of words."),
            new(
                "aphorist train nietzsche --validation 0.1 --json > metrics.jsonl",
                "Hold out the last 10 % for validation and print metrics as JSON lines."),
            new("aphorist train train.txt --validation-text held-out.txt", "Validate on another text after each epoch."),
            new(
                "aphorist train nietzsche --layers 2 --residual --average 0.999",
                "Add a second layer with a residual connection, and average the weights."),
            new("aphorist train nietzsche --architecture convolution", "Train causal convolutions instead of an LSTM."),
            new("aphorist train mine.txt --from runs/nietzsche --run runs/mine", "Fine-tune a model on another text."),
            new("mpiexec -n 2 aphorist train mine.txt --preset best --distributed", "Train in two processes, see docs/cluster.md."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, IProcessGroup? processes, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        string? resume = call.GetValue(Resume);
        using ActiveTrainingRun run = await PrepareAsync(
            call, call.GetValue(Folder), resume, Samples.GetValue(call), output, processes, cancellationToken);
        if (processes is { Rank: > 0 })
        {
            // Rank 0 reports.
            await foreach (TrainingEvent _ in run.RunAsync(cancellationToken)) { }
            return ExitCode.Done;
        }

        if (resume is null && run.Options.ReadsStandardInput) await output.Notes.WriteLineAsync(NoteOnInput(run));
        LossHistory history = new();
        RunExtent extent = RunExtent.Of(run);
        EpochProgress progress = new(output, extent, history);
        ITrainingReporter reporter = output.Json
            ? new JsonTrainingReporter(output.Result, run, progress, output.Console.Time)
            : new ConsoleTrainingReporter(output, progress, extent, history, run);
        try
        {
            await TrainingLoop.RunAsync(run, history, reporter, output, SayHowToResumeAsync, cancellationToken);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            // A signal, or a request in the run folder.
            return ExitCode.Interrupted;
        }

        async Task SayHowToResumeAsync()
        {
            output.Result.Flush();
            await output.Console.Error.WriteLineAsync($"Interrupted. Resume with: {ResumeCall(run, processes?.Size ?? 1)}");
            if (TrainingRun.FindModel(run.Folder) is not null)
                await output.Notes.WriteLineAsync($"Generate text with: aphorist generate {ShellWord.Of(run.Folder)}");
        }
    }

    /// <summary>Creates a run, or opens one to resume it.</summary>
    /// <param name="call">The call, which has the options of <see cref="RunFlags"/>.</param>
    /// <param name="folder">The folder of a new run; null for the default.</param>
    /// <param name="resume">The folder of the run to resume; null to create one.</param>
    /// <param name="samples">Whether to generate samples, and their style; null for the default, or as in the resumed run.</param>
    /// <param name="output">Where notes and progress go.</param>
    /// <param name="processes">The processes that train together; null for this process alone.</param>
    /// <param name="cancellationToken">Cancels the preparation.</param>
    public static async Task<ActiveTrainingRun> PrepareAsync(
        ParseResult call, string? folder, string? resume, (bool AreGenerated, SampleStyle? Style)? samples, CommandOutput output,
        IProcessGroup? processes, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        if (resume is not null)
        {
            if (folder is not null) throw new UsageException("--resume continues in the folder of the run: leave out --run.");
            if (RunFlags.HasFrom(call)) throw new UsageException("--resume continues with the model of the run: leave out --from.");
            EnsureTextCanBeRead(resume, call, output.Console);
            try
            {
                return await TrainingRun.ResumeAsync(
                    resume,
                    begun => RunFlags.Apply(begun, call) with
                    {
                        StandardInput = output.Input,
                        Samples = samples?.AreGenerated ?? begun.Samples,
                        SampleStyle = samples?.Style ?? begun.SampleStyle,
                    },
                    report,
                    processes,
                    cancellationToken);
            }
            catch (AphoristException exception) when (AdviceFor(resume, exception) is string advice)
            {
                throw new TrainingRunException($"{exception.Message} {advice}", resume, exception);
            }
        }

        // With --from, this reads a model.
        TrainingRunOptions created = await Task.Run(() => RunFlags.Create(call), cancellationToken).WaitAsync(cancellationToken);
        TrainingRunOptions options = created with
        {
            StandardInput = output.Input,
            Samples = samples?.AreGenerated ?? true,
            SampleStyle = samples?.Style,
        };
        if (options.From is not null
            && await Task.Run(() => FineTuning.Note(options), cancellationToken).WaitAsync(cancellationToken) is { } note)
        {
            await output.Notes.WriteLineAsync(note);
        }

        try
        {
            return await TrainingRun.CreateAsync(options, folder, report, processes, cancellationToken);
        }
        catch (TrainingRunException exception)
        {
            throw new TrainingRunException($"{exception.Message} See --run and --resume.", exception.Path, exception);
        }
    }

    /// <summary>The call that resumes a run from any folder.</summary>
    private static string ResumeCall(TrainingRun run, int processes = 1)
    {
        string call = DistributedTraining.ResumeCall(ShellWord.Of(Path.GetFullPath(run.Folder)), processes);
        return run.Options.ReadsStandardInput && run.StandardInputCopyPath is null ? $"{call} < TEXT, with the same text" : call;
    }

    private static string NoteOnInput(TrainingRun run) => run.StandardInputCopyPath is string copy
        ? $"The text from standard input is saved as {copy}, so that the run can be resumed."
        : "The text from standard input is too large to be saved in the run folder: to resume the run, give the same text again.";

    /// <summary>A resumed run would wait for a text that nobody types again.</summary>
    private static void EnsureTextCanBeRead(string folder, ParseResult call, AphoristConsole console)
    {
        if (!console.IsInputTerminal) return;
        TrainingRun run = TrainingRun.Open(folder);
        if (run.StandardInputCopyPath is null && run.Options.ReadsStandardInput && RunFlags.Apply(run.Options, call).ReadsStandardInput)
        {
            throw new UsageException(
                $"The text of this run came from standard input and is not in its folder: give the same text again, {ResumeCall(run)}.");
        }
    }

    /// <summary>What can be done with a run of which a file is missing or damaged; null if there is no model.</summary>
    private static string? AdviceFor(string folder, AphoristException exception)
    {
        string? path = exception switch
        {
            TrainingRunException run => run.Path,
            ModelFileException file => file.Path,
            _ => null,
        };
        return path is not null && path != folder && TrainingRun.FindModel(folder) is not null
            ? $"To train its best model further in a new run: aphorist train CORPUS --from {ShellWord.Of(folder)} --run FOLDER."
            : null;
    }
}
