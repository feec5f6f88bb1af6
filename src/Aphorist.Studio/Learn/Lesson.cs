using Aphorist.Inspection;
using Aphorist.Studio.Hosting;
using Aphorist.Training;

namespace Aphorist.Studio.Learn;

/// <summary>A text that the model wrote while it was trained.</summary>
/// <param name="Batches">How many batches it had learned from.</param>
/// <param name="Text">The text.</param>
public sealed record LessonSample(int Batches, string Text);

/// <summary>The training of a lesson. It never changes: a new one takes its place.</summary>
/// <param name="IsTraining">Whether the training is running.</param>
/// <param name="Share">The share that is done, from 0 to 1.</param>
/// <param name="Losses">The mean losses, by the number of epochs.</param>
/// <param name="Samples">Texts from the first batch to the last one.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
public sealed record LessonTraining(
    bool IsTraining,
    double Share,
    IReadOnlyList<(double Epoch, double Loss)> Losses,
    IReadOnlyList<LessonSample> Samples,
    Exception? Failure)
{
    /// <summary>The training that has not begun.</summary>
    public static LessonTraining None { get; } = new(false, 0, [], [], null);
}

/// <summary>
/// The text of the tour in one language, and a small model, untrained and trained. It is trained once, and only while somebody watches. Any
/// thread may use it.
/// </summary>
public sealed class Lesson : IDisposable
{
    /// <summary>The length of the samples in tokens.</summary>
    public const int SampleLength = 160;

    // A page that is loaded again, or the next step, comes within this time.
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(5);

    // One lesson trains at a time.
    private static readonly SemaphoreSlim Turn = new(1);

    private readonly Tour tour;
    private readonly string file;
    private readonly Lock watching = new();
    private Action? changed;
    private CancellationTokenSource? stop;
    private bool isWanted;
    private Lazy<CellInspection>? cells;

    private Lesson(Tour tour, string file, Language language, Corpus corpus)
    {
        (this.tour, this.file, Corpus, IsChinese) = (tour, file, corpus, language == Language.Chinese);
        Untrained = LanguageModel.Create(Spec, CharacterTokenizer.Create(corpus), seed: 1);
    }

    /// <summary>The text: the built-in fables in the language of the lesson.</summary>
    public Corpus Corpus { get; }

    /// <summary>How a generated text begins.</summary>
    public string Prompt => IsChinese ? "小狐狸" : "The fox ";

    /// <summary>The model before training.</summary>
    public LanguageModel Untrained { get; }

    /// <summary>The model after training; null until it has been trained.</summary>
    public LanguageModel? Trained { get; private set; }

    /// <summary>The current training, or the last one since the studio was started.</summary>
    public LessonTraining Training { get; private set; } = LessonTraining.None;

    /// <summary>How the model is trained.</summary>
    public TrainingOptions Options => TrainingOptions.Quick with
    {
        Epochs = tour.Epochs,
        TimeBudget = null,
        WarmupSteps = 50,
        Dropout = IsChinese ? 0.3 : 0.1,
        Seed = 1,
        Threads = Math.Max(1, Environment.ProcessorCount - 1),
    };

    private bool IsChinese { get; }

    // Thousands of Chinese characters need a table that input and output share: see docs/lesson.zh-CN.md.
    private ModelSpec Spec => ModelSpec.Quick with { HiddenSize = 128, TiedEmbedding = IsChinese, EmbeddingSize = IsChinese ? 128 : 0 };

    /// <summary>Reads the text, and the trained model if there is one.</summary>
    public static async Task<Lesson> OpenAsync(Tour tour, Workspace workspace, Language language)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        string name = language == Language.Chinese ? "fables-zh" : "fables";
        Corpus corpus = await Corpus.OpenAsync(CorpusCatalog.Get(name));
        Lesson lesson = new(tour, Path.Combine(workspace.Lessons, $"{name}.safetensors"), language, corpus);
        try
        {
            if (File.Exists(lesson.file)) lesson.SetTrained(LanguageModel.Load(lesson.file));
        }
        catch (Exception exception) when (exception is AphoristException or IOException or UnauthorizedAccessException)
        {
            // The file is a cache: the model is trained again.
        }

        return lesson;
    }

    /// <summary>Watches the training, until the result is disposed. Training ends when nobody watches any more.</summary>
    /// <param name="change">Is called after changes, on any thread.</param>
    public IDisposable Watch(Action change)
    {
        lock (watching) changed += change;
        return new Watcher(this, change);
    }

    /// <summary>Trains the model from its first state, unless it is being trained.</summary>
    public void Start()
    {
        lock (watching)
        {
            // A training that was stopped takes a moment to end: the new one begins after it.
            isWanted = true;
            if (!Training.IsTraining) Begin();
        }
    }

    /// <summary>Ends the training.</summary>
    public void Stop()
    {
        lock (watching)
        {
            isWanted = false;
            if (Training.IsTraining) stop!.Cancel();
        }
    }

    /// <summary>Ends the training for good.</summary>
    public void Dispose()
    {
        Stop();
        stop?.Dispose();
    }

    /// <summary>What the cells of the trained model do in the last fables, which are not trained with.</summary>
    public CellInspection InspectCells() => cells!.Value;

    private void SetTrained(LanguageModel model)
    {
        const int Read = 20_000, Shown = 1_000;
        cells = new(() =>
        {
            string text = Corpus.Text;
            // At the first title.
            int start = text.IndexOf("\n\n\n", Math.Max(0, text.Length - Read), StringComparison.Ordinal);
            return CellInspection.Create(model, Corpus.FromText(text[Math.Max(0, start)..]), new InspectionOptions { Length = Shown });
        });
        Trained = model;
    }

    private void Begin()
    {
        Training = LessonTraining.None with { IsTraining = true };
        stop?.Dispose();
        stop = new CancellationTokenSource();
        CancellationToken stopping = stop.Token;
        _ = Task.Run(() => TrainAsync(stopping), CancellationToken.None);
    }

    private async Task TrainAsync(CancellationToken stopping)
    {
        Exception? failure = null;
        try
        {
            await Turn.WaitAsync(stopping);
            try
            {
                LanguageModel model = LanguageModel.Create(Spec, Untrained.Tokenizer, seed: 1);
                await foreach (TrainingEvent happened in new Trainer(model, Corpus, Options).RunAsync(stopping)) Note(happened, model);
                SetTrained(model);
                model.Save(file);
            }
            finally
            {
                Turn.Release();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Somebody stopped it, or nobody watches any more.
        }
        catch (Exception exception)
        {
            // Whatever it is: the pages show it, and do not wait for ever.
            failure = exception;
        }
        finally
        {
            lock (watching)
            {
                if (isWanted && stopping.IsCancellationRequested) Begin();
                else Training = Training with { IsTraining = false, Failure = failure };
            }

            changed?.Invoke();
        }
    }

    private void Note(TrainingEvent happened, LanguageModel model)
    {
        switch (happened)
        {
            case TrainingStarted:
                Show(Training with { Samples = [new LessonSample(0, Write(model))] });
                break;
            case TrainingProgress progress:
                int done = (progress.Epoch - 1) * progress.BatchCount + progress.Batch;
                Show(Training with
                {
                    Share = (double)done / progress.BatchCount / tour.Epochs,
                    Samples = [.. Training.Samples, new LessonSample(done, Write(model))],
                });
                break;
            case StepsCompleted steps:
                Show(Training with { Losses = [.. Training.Losses, (steps.Epoch, steps.Loss)] });
                break;
            case TrainingCompleted:
                Show(Training with { Share = 1 });
                break;
        }
    }

    private string Write(LanguageModel model) => Prompt + new TextGenerator(model, GenerationMode.Stateful, threads: 1)
        .Generate(Prompt, new() { MaxTokens = SampleLength, Temperature = 0.5, Seed = 1 });

    private void Show(LessonTraining training)
    {
        Training = training;
        changed?.Invoke();
    }

    private async Task LeaveAsync(Action change)
    {
        lock (watching) changed -= change;
        await Task.Delay(Absence);
        lock (watching)
            if (changed is null) Stop();
    }

    private sealed class Watcher(Lesson lesson, Action change) : IDisposable
    {
        public void Dispose() => _ = lesson.LeaveAsync(change);
    }
}
