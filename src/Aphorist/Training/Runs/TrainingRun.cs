using Aphorist.IO;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>
/// A training run on disk: a folder with its options, checkpoint, metrics, samples and models. A run can be read at any time, also while a
/// process trains it. To train, create or resume one, which gives an <see cref="ActiveTrainingRun"/>.
/// </summary>
public class TrainingRun
{
    internal TrainingRun(RunFolder files, TrainingRunOptions options) => (Files, Options) = (files, options);

    /// <summary>The path of the run folder, as it was given.</summary>
    public string Folder => Files.Path;

    /// <summary>The options of the run.</summary>
    public TrainingRunOptions Options { get; }

    /// <summary>The path of the model with the lowest loss so far. The file is there after the first epoch.</summary>
    public string BestModelPath => Files.BestModel;

    /// <summary>
    /// The path of the model after the last completed epoch. Before the first one is completed, it is the model of the last checkpoint,
    /// once something was trained.
    /// </summary>
    public string LastModelPath => Files.LastModel;

    /// <summary>
    /// The path of the copy of the text that came from standard input, which a resumed run reads. Null if there is none, because the texts
    /// came from elsewhere or were larger than 256 MiB.
    /// </summary>
    public string? StandardInputCopyPath => File.Exists(Files.InputCopy) ? Files.InputCopy : null;

    internal RunFolder Files { get; }

    /// <summary>Opens the folder of a run for reading.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="TrainingRunException">
    /// There is no such folder, it holds no run, or the options of the run cannot be read.
    /// </exception>
    public static TrainingRun Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        RunFolder files = new(folder);
        files.EnsureHoldsRun();
        return new TrainingRun(files, TrainingRunOptions.Read(files.Options));
    }

    /// <summary>
    /// Finds the model of a run: the one with the lowest loss so far or, before the first epoch is completed, the last one.
    /// </summary>
    /// <param name="folder">The run folder. It may also be a folder that only holds the model.</param>
    /// <returns>The path of the model file; null if there is none.</returns>
    public static string? FindModel(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new RunFolder(folder).Model;
    }

    /// <summary>Finds all runs in a folder and its subfolders.</summary>
    /// <param name="root">The folder. If it does not exist, the result is empty.</param>
    /// <returns>The runs, ordered by path. Runs whose options cannot be read are left out.</returns>
    public static IReadOnlyList<TrainingRun> List(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        if (!Directory.Exists(root)) return [];
        EnumerationOptions everywhere = new() { RecurseSubdirectories = true };
        List<TrainingRun> runs = [];
        foreach (string file in Directory.EnumerateFiles(root, "options.json", everywhere).Order(StringComparer.Ordinal))
        {
            try
            {
                runs.Add(Open(Path.GetDirectoryName(file)!));
            }
            catch (TrainingRunException)
            {
                // One damaged run, or another program's options.json, must not hide the others.
            }
        }

        return runs;
    }

    /// <summary>
    /// Creates a run: opens its texts, creates the tokenizer and the model, checks that they can be trained, and writes the options into a
    /// new folder. The options then have absolute paths, and the folder has a copy of a text that came from standard input, so that the run
    /// can be resumed from anywhere.
    /// </summary>
    /// <param name="options">What to train, and how.</param>
    /// <param name="folder">
    /// The run folder. Null, the default, for <c>runs/NAME</c> in the current directory, where NAME is the corpus.
    /// </param>
    /// <param name="progress">Receives the progress of downloading, caching and tokenizing the texts.</param>
    /// <param name="processes">
    /// The processes that train together: all make this call. Rank 0 alone writes the folder, which need not exist for the others. Null,
    /// the default, to train in this process alone.
    /// </param>
    /// <param name="cancellationToken">Cancels the preparation.</param>
    /// <returns>The run, ready to train. It holds the folder's lock until it is disposed.</returns>
    /// <exception cref="InvalidOptionsException">An option is out of range, or contradicts another one.</exception>
    /// <exception cref="CorpusException">A text cannot be found or read, or is too short.</exception>
    /// <exception cref="ModelFileException">The model to start from cannot be read.</exception>
    /// <exception cref="TrainingRunException">The folder cannot be created, holds a run, or another process trains in it.</exception>
    public static Task<ActiveTrainingRun> CreateAsync(
        TrainingRunOptions options,
        string? folder = null,
        IProgress<CorpusProgress>? progress = null,
        IProcessGroup? processes = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RunBuilder.CreateAsync(options, folder, progress, processes ?? SingleProcess.Instance, cancellationToken);
    }

    /// <summary>Creates a run of a model and a corpus in memory.</summary>
    /// <param name="model">The model, which is trained in place. The run folder keeps a copy of its start weights.</param>
    /// <param name="corpus">The training corpus.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="validation">A separate validation text, normalized like the corpus. None by default.</param>
    /// <param name="processes">
    /// The processes that train together: all make this call. Rank 0 alone writes the folder, which need not exist for the others. Null,
    /// the default, to train in this process alone.
    /// </param>
    /// <returns>The run, ready to train. It holds the folder's lock until it is disposed.</returns>
    /// <exception cref="InvalidOptionsException">An option is out of range, or contradicts another one.</exception>
    /// <exception cref="CorpusException">A text is too short.</exception>
    /// <exception cref="UnknownCharacterException">A text has a character that the model does not know.</exception>
    /// <exception cref="TrainingRunException">The folder cannot be created, holds a run, or another process trains in it.</exception>
    public static ActiveTrainingRun Create(
        LanguageModel model, Corpus corpus, TrainingOptions options, string folder, Corpus? validation = null,
        IProcessGroup? processes = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return RunBuilder.Create(model, corpus, options, folder, validation, processes ?? SingleProcess.Instance);
    }

    /// <summary>
    /// Resumes a run: opens its texts and its model again and takes the folder's lock. Training then continues from the last checkpoint,
    /// with the same result as if it had not been interrupted.
    /// </summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="change">
    /// Changes the options, for example to train more epochs. Null, the default, to keep them. Options that decide what an epoch computes
    /// cannot be changed, and the texts may be at another place, but must have the same content.
    /// </param>
    /// <param name="progress">Receives the progress of downloading, caching and tokenizing the texts.</param>
    /// <param name="processes">
    /// The processes that train together: all make this call. Rank 0 alone writes the folder, which need not exist for the others. Null,
    /// the default, to train in this process alone.
    /// </param>
    /// <param name="cancellationToken">Cancels the preparation.</param>
    /// <exception cref="InvalidOptionsException">
    /// An option is out of range, or would make it another run; the content of a text changed.
    /// </exception>
    /// <exception cref="CorpusException">A text cannot be found or read.</exception>
    /// <exception cref="ModelFileException">The checkpoint, or the start model of a fine-tuning run, is damaged.</exception>
    /// <exception cref="TrainingRunException">
    /// The folder holds no run or a damaged one, for example one with results but without a checkpoint; the run was created with a corpus
    /// in memory; or another process trains in the folder. Nothing is changed.
    /// </exception>
    public static Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Func<TrainingRunOptions, TrainingRunOptions>? change = null,
        IProgress<CorpusProgress>? progress = null,
        IProcessGroup? processes = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return RunBuilder.ResumeAsync(folder, change, progress, processes ?? SingleProcess.Instance, cancellationToken);
    }

    /// <summary>Resumes a run whose texts are in memory, see <see cref="Create"/>.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="corpus">The training corpus, with the same content as before.</param>
    /// <param name="validation">The separate validation text, if the run has one.</param>
    /// <param name="change">Changes the options, for example to train more epochs. Null, the default, to keep them.</param>
    /// <param name="processes">
    /// The processes that train together: all make this call. Rank 0 alone writes the folder, which need not exist for the others. Null,
    /// the default, to train in this process alone.
    /// </param>
    /// <param name="cancellationToken">Cancels the preparation.</param>
    /// <exception cref="InvalidOptionsException">
    /// An option is out of range, or would make it another run; the content of a text changed.
    /// </exception>
    /// <exception cref="ModelFileException">The checkpoint or the start model is damaged.</exception>
    /// <exception cref="TrainingRunException">
    /// The folder holds no run or a damaged one, for example one with results but without a checkpoint; or another process trains in it.
    /// Nothing is changed.
    /// </exception>
    public static Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Corpus corpus,
        Corpus? validation = null,
        Func<TrainingRunOptions, TrainingRunOptions>? change = null,
        IProcessGroup? processes = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(corpus);
        return RunBuilder.ResumeAsync(folder, corpus, validation, change, processes ?? SingleProcess.Instance, cancellationToken);
    }

    /// <summary>Reads a metrics.csv file, which may be a copy outside of its run folder.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The epochs, in order.</returns>
    /// <exception cref="TrainingRunException">A line is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<EpochCompleted> ReadMetricsFile(string path) => MetricsFile.Read(path);

    /// <summary>Reads the metrics of all completed epochs.</summary>
    /// <returns>The epochs, in order. Empty before the first one has ended.</returns>
    /// <exception cref="TrainingRunException">A line of the file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<EpochCompleted> ReadMetrics() => File.Exists(Files.Metrics) ? MetricsFile.Read(Files.Metrics) : [];

    /// <summary>Reads a steps.csv file, which may be a copy outside of its run folder.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The rows, in order.</returns>
    /// <exception cref="TrainingRunException">A line is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<StepsCompleted> ReadStepsFile(string path) => StepsFile.Read(path);

    /// <summary>Reads the metrics of training steps, with a row for every few seconds of training.</summary>
    /// <returns>The rows, in order. Empty before the first.</returns>
    /// <exception cref="TrainingRunException">A line of the file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<StepsCompleted> ReadSteps() => File.Exists(Files.Steps) ? StepsFile.Read(Files.Steps) : [];

    /// <summary>Reads the texts that the model generated after each epoch.</summary>
    /// <returns>The samples, ordered by epoch. Empty if there are none.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<TrainingSample> ReadSamples()
    {
        if (!Directory.Exists(Files.Samples)) return [];
        List<TrainingSample> samples = [];
        foreach (string file in Directory.EnumerateFiles(Files.Samples, RunFolder.SampleFiles))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file)["epoch-".Length..], out int epoch))
                samples.Add(new TrainingSample(epoch, File.ReadAllText(file)));
        }

        return [.. samples.OrderBy(sample => sample.Epoch)];
    }

    /// <summary>
    /// Asks the process that trains the run to stop: within a second or so it saves a checkpoint, from which the run can be resumed, and
    /// ends. If no process trains the run, the next one that resumes it ignores the request.
    /// </summary>
    /// <exception cref="IOException">The request cannot be written into the folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The request cannot be written into the folder.</exception>
    public void RequestStop() => File.WriteAllBytes(Files.StopRequest, []);

    /// <summary>Reads how far the run is.</summary>
    /// <exception cref="ModelFileException">The checkpoint is damaged.</exception>
    public TrainingRunStatus ReadStatus()
    {
        TrainingState? state = File.Exists(Files.Checkpoint) ? Checkpoint.ReadState(Files.Checkpoint) : null;
        bool isFinished = state is { Batch: 0 } && Options.Training.IsComplete(state.History);
        return new TrainingRunStatus(
            FileLock.IsFolderLocked(Folder) ? TrainingRunState.Training
            : isFinished ? TrainingRunState.Finished
            : TrainingRunState.Interrupted,
            state?.History.Count ?? 0,
            state?.BestLoss,
            state?.History.Sum(epoch => epoch.Seconds) + state?.Seconds ?? 0);
    }
}

/// <summary>Whether a run is finished.</summary>
public enum TrainingRunState
{
    /// <summary>Training is not finished and no process continues it.</summary>
    Interrupted,

    /// <summary>A process trains it, or prepares to.</summary>
    Training,

    /// <summary>Training ended: every epoch is done, the time is over, or the loss stopped falling.</summary>
    Finished,
}

/// <summary>How far a run is.</summary>
/// <param name="State">Whether it is finished.</param>
/// <param name="CompletedEpochs">The number of completed epochs.</param>
/// <param name="BestLoss">
/// The lowest validation loss so far, or the lowest training loss if there is no validation, in nats per token. Null before the first epoch
/// has ended.
/// </param>
/// <param name="Seconds">Seconds of training so far, without validation.</param>
public sealed record TrainingRunStatus(TrainingRunState State, int CompletedEpochs, double? BestLoss, double Seconds);

/// <summary>The text that a model generated after an epoch.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="Text">The text.</param>
public sealed record TrainingSample(int Epoch, string Text);
