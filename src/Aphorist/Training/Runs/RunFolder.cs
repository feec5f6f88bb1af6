using System.Text;
using Aphorist.IO;
using Aphorist.Text;

namespace Aphorist.Training.Runs;

/// <summary>The files of a run folder.</summary>
internal sealed class RunFolder(string path)
{
    /// <summary>The pattern of the names in <see cref="Samples"/>.</summary>
    public const string SampleFiles = "epoch-*.txt";

    public string Path { get; } = path;

    /// <summary>The model with the lowest loss so far.</summary>
    public string BestModel => FileNamed("model.safetensors");

    /// <summary>The model after the last completed epoch; during the first one, that of the last checkpoint.</summary>
    public string LastModel => FileNamed("last.safetensors");

    /// <summary>The best model; the last one if there is no best yet; null if there is none.</summary>
    public string? Model => File.Exists(BestModel) ? BestModel : File.Exists(LastModel) ? LastModel : null;

    /// <summary>The training state from which the run resumes.</summary>
    public string Checkpoint => FileNamed("checkpoint.safetensors");

    /// <summary>The model that the run started with, where it cannot be created again from the options.</summary>
    public string StartModel => FileNamed("start.safetensors");

    public string Metrics => FileNamed("metrics.csv");

    /// <summary>The metrics of training steps.</summary>
    public string Steps => FileNamed("steps.csv");

    public string Options => FileNamed("options.json");

    /// <summary>A file that asks the process that trains the run to stop.</summary>
    public string StopRequest => FileNamed(".stop");

    /// <summary>The folder with one text file per epoch.</summary>
    public string Samples => FileNamed("samples");

    /// <summary>A copy of the text that came from standard input, as bytes.</summary>
    public string InputCopy => FileNamed("standard-input.txt");

    /// <summary>Creates the folder of a new run.</summary>
    /// <exception cref="TrainingRunException">The folder cannot be created.</exception>
    public static RunFolder Create(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new RunFolder(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingRunException(
                $"Cannot create the run folder '{path}': {exception.Message.TrimEnd('.')}. Choose another folder.", path, exception);
        }
    }

    /// <summary>The folder <c>runs/NAME</c>, with <c>-2</c>, <c>-3</c>, ... appended if it exists.</summary>
    public static string FreePath(string corpusName)
    {
        string wanted = System.IO.Path.Combine("runs", SafeName(corpusName));
        string free = wanted;
        for (int number = 2; System.IO.Path.Exists(free); number++) free = $"{wanted}-{number}";
        return free;
    }

    /// <summary>Refuses a folder for a new run whose files would replace what the run reads, or become a part of its text.</summary>
    /// <exception cref="InvalidOptionsException">The folder is not separate from the texts and the model.</exception>
    public void EnsureIsNoInput(TrainingRunOptions options)
    {
        string[] written = [BestModel, LastModel, Checkpoint, StartModel, Metrics, Steps, Options, InputCopy, SampleFile(1)];
        FileTarget[] targets = [.. written.Select(FileTarget.Of)];
        foreach (string source in options.Corpus.Append(options.ValidationText).OfType<string>())
        {
            if (File.Exists(source) ? IsWritten(source) : targets.Any(target => FileSearch.WouldFind(source, target.Path)))
            {
                throw new InvalidOptionsException(
                    $"The run would write its files, such as samples, into '{Path}', where they would replace or change the text "
                    + $"'{source}'. Choose a folder outside the text.",
                    nameof(options.Corpus));
            }
        }

        string? from = Directory.Exists(options.From) ? new RunFolder(options.From).Model : options.From;
        if (File.Exists(from) && IsWritten(from))
        {
            throw new InvalidOptionsException(
                $"The run would replace '{from}', the model that it starts with. Choose another folder.", nameof(options.From));
        }

        bool IsWritten(string file)
        {
            FileTarget read = FileTarget.Of(file);
            return targets.Any(read.IsSameAs)
                || System.IO.Path.GetDirectoryName(read.Path) == System.IO.Path.GetDirectoryName(targets[^1].Path);
        }
    }

    public string SampleFile(int epoch) => System.IO.Path.Combine(Samples, $"epoch-{epoch:D3}.txt");

    /// <summary>Takes the folder's lock for a new run.</summary>
    /// <exception cref="TrainingRunException">The folder holds a run, cannot be written to, or another process trains in it.</exception>
    public FileLock LockForNewRun()
    {
        FileLock held = Lock();
        if (!((string[])[Options, Checkpoint, StartModel, InputCopy]).Any(File.Exists) && !HasResults) return held;
        held.Dispose();
        throw new TrainingRunException($"The folder '{Path}' already holds a run. Resume that run, or choose another folder.", Path);
    }

    /// <summary>Takes the folder's lock to resume the run in it, and deletes the temporary files of a killed process.</summary>
    /// <exception cref="TrainingRunException">The folder holds no run, cannot be written to, or another process trains in it.</exception>
    public FileLock LockForResume()
    {
        EnsureHoldsRun();
        FileLock held = Lock();
        AtomicFile.DeleteLeftovers(Path);
        File.Delete(StopRequest);
        if (Directory.Exists(Samples)) AtomicFile.DeleteLeftovers(Samples);
        return held;
    }

    /// <exception cref="TrainingRunException">The folder holds no run.</exception>
    public void EnsureHoldsRun()
    {
        if (!Directory.Exists(Path))
            throw new TrainingRunException($"There is no folder '{Path}'. Check the path, or start a new run.", Path);
        if (!File.Exists(Options)) throw new TrainingRunException($"The folder '{Path}' holds no run: it has no options.json.", Path);
    }

    /// <summary>Checks that nobody has deleted the run while it is trained. Later files would be a folder without a run.</summary>
    /// <exception cref="TrainingRunException">It is deleted or moved.</exception>
    public void EnsureIsStillThere()
    {
        if (!File.Exists(Options))
            throw new TrainingRunException($"Training has stopped because the run in '{Path}' was deleted or moved meanwhile.", Path);
    }

    /// <summary>Whether training has written anything but checkpoints.</summary>
    private bool HasResults => ((string[])[BestModel, LastModel, Metrics, Steps]).Any(File.Exists)
        || (Directory.Exists(Samples) && Directory.EnumerateFiles(Samples, SampleFiles).Any());

    /// <summary>Reads the training state from which the run resumes; null if nothing was trained yet.</summary>
    /// <exception cref="TrainingRunException">The checkpoint is missing, or does not belong to the results in the folder.</exception>
    /// <exception cref="ModelFileException">The checkpoint is damaged.</exception>
    public TrainingState? ReadState()
    {
        if (!File.Exists(Checkpoint))
        {
            EnsureNoResults();
            return null;
        }

        TrainingState state = Runs.Checkpoint.ReadState(Checkpoint);
        EnsureMetricsFit(state);
        return state;
    }

    /// <summary>The path of the model that the run started with.</summary>
    /// <exception cref="TrainingRunException">It is missing.</exception>
    public string FindStartModel() => File.Exists(StartModel)
        ? StartModel
        : throw new TrainingRunException(
            $"The run in '{Path}' cannot be resumed because its start model is missing: there is no '{StartModel}'. Nothing was changed. "
            + "Restore that file, or start a new run.",
            StartModel);

    /// <summary>Checks that a run that starts from the beginning overwrites nothing.</summary>
    /// <exception cref="TrainingRunException">There are results of earlier training.</exception>
    public void EnsureNoResults()
    {
        if (!HasResults) return;
        throw new TrainingRunException(
            $"The run in '{Path}' cannot be resumed because its checkpoint is missing: there is no '{Checkpoint}'. Nothing was changed. "
            + "Restore that file, or start a new run.",
            Checkpoint);
    }

    /// <summary>
    /// The metrics are written before the checkpoint, so after a kill they are one epoch ahead. If they are further ahead, or differ, an
    /// older or another checkpoint has been put in its place, and training would replace results that it cannot reproduce.
    /// </summary>
    private void EnsureMetricsFit(TrainingState state)
    {
        if (!File.Exists(Metrics)) return;
        IReadOnlyList<EpochCompleted> epochs;
        try
        {
            epochs = MetricsFile.Read(Metrics);
        }
        catch (TrainingRunException)
        {
            // The checkpoint has all of them, and the file is written again after the next epoch.
            return;
        }

        int known = state.History.Count;
        bool fits = epochs.Count <= known + 1
            && epochs.Zip(state.History).All(pair => (pair.First.Epoch, pair.First.Loss).Equals((pair.Second.Epoch, pair.Second.Loss)));
        if (fits) return;
        throw new TrainingRunException(
            $"'{Metrics}', with {Plural.Of(epochs.Count, "epoch")}, does not fit the checkpoint, with {known}: resuming would replace "
            + "results. Nothing was changed. Restore the checkpoint of these metrics, move them and the models "
            + "elsewhere, or start a new run.",
            Metrics);
    }

    private FileLock Lock()
    {
        try
        {
            return FileLock.TryTakeFolder(Path)
                ?? throw new TrainingRunException(
                    $"Another process is training in '{Path}'. Wait until it ends, or choose another folder.", Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingRunException(
                $"Cannot write to the run folder '{Path}': {exception.Message.TrimEnd('.')}. Choose another folder.", Path, exception);
        }
    }

    private string FileNamed(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The name of a corpus without its extension and without characters that file systems or shells treat specially.</summary>
    private static string SafeName(string corpusName)
    {
        string name = corpusName.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? corpusName[..^4] : corpusName;
        StringBuilder safe = new();
        foreach (Rune character in name.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(character) || character.Value is '.' or '_') safe.Append(character);
            else if (safe.Length > 0 && safe[^1] != '-') safe.Append('-');
        }

        string result = safe.ToString().Trim('-', '.');
        return result.Length == 0 ? "text" : result;
    }
}
