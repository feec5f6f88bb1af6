using System.Globalization;
using System.Text.Json;
using Aphorist.IO;
using Aphorist.Text;
using Aphorist.Training.Distributed;

namespace Aphorist.Training.Runs;

/// <summary>
/// Builds a run from its options: a new one, or one that is resumed. If several processes train it, rank 0 alone reads and writes the
/// run folder and reads the start model, and the others get what they need from it.
/// </summary>
internal static class RunBuilder
{
    public static async Task<ActiveTrainingRun> CreateAsync(
        TrainingRunOptions options,
        string? folder,
        IProgress<CorpusProgress>? progress,
        IProcessGroup processes,
        CancellationToken cancellationToken)
    {
        EnsureTextsCanBeShared(options, processes);
        // The name of the corpus chooses the folder within runs, so any name there is as good.
        await Complete(
            () => processes.ComputeOnce(() =>
            {
                new RunFolder(folder ?? RunFolder.FreePath("new")).EnsureIsNoInput(options);
                return "";
            }),
            cancellationToken).ConfigureAwait(false);
        LanguageModel? from = options.From is not string start
            ? null
            : await Complete(() => LoadOnce(processes, () => ModelFileOf(start), start), cancellationToken).ConfigureAwait(false);
        if (from is not null) options = WithModel(options, from);
        options.Validate();
        RunTexts texts = await RunTexts.OpenAsync(options, progress, cancellationToken).ConfigureAwait(false);
        LanguageModel model = from is null
            ? await CreateModelAsync(options, texts.Corpus, progress, cancellationToken).ConfigureAwait(false)
            : await Compute(() => from.ExtendVocabulary(texts.Corpus, options.Training.Seed), cancellationToken).ConfigureAwait(false);
        await TokenizeAsync(texts, model.Tokenizer, progress, cancellationToken).ConfigureAwait(false);
        folder ??= RunFolder.FreePath(texts.Corpus.Name);
        return await Complete(
            () => Create(texts.WithAbsoluteNames(options), model, texts, folder, savesStart: from is not null, processes),
            cancellationToken).ConfigureAwait(false);
    }

    public static ActiveTrainingRun Create(
        LanguageModel model, Corpus corpus, TrainingOptions training, string folder, Corpus? validation, IProcessGroup processes)
    {
        TrainingRunOptions options = new() { Corpus = [corpus.Name], ValidationText = validation?.Name, Training = training };
        return Create(WithModel(options, model), model, new RunTexts(corpus, validation), folder, savesStart: true, processes);
    }

    public static Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Func<TrainingRunOptions, TrainingRunOptions>? change,
        IProgress<CorpusProgress>? progress,
        IProcessGroup processes,
        CancellationToken cancellationToken) => ResumeAsync(
            folder,
            change,
            (files, begun, options) => RunTexts.OpenAgainAsync(files, begun, options, progress, cancellationToken),
            progress,
            processes,
            cancellationToken);

    public static Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Corpus corpus,
        Corpus? validation,
        Func<TrainingRunOptions, TrainingRunOptions>? change,
        IProcessGroup processes,
        CancellationToken cancellationToken) => ResumeAsync(
            folder, change, (_, _, _) => Task.FromResult(new RunTexts(corpus, validation)), progress: null, processes, cancellationToken);

    private static ActiveTrainingRun Create(
        TrainingRunOptions options, LanguageModel model, RunTexts texts, string folder, bool savesStart, IProcessGroup processes)
    {
        options = texts.Describe(options) with { HasStartModel = savesStart };
        // What cannot be trained is refused before the folder is created.
        EnsureLongerThanWindow(texts.Corpus, model);
        Trainer trainer = new(model, texts.Corpus, options.Training, texts.Validation, processes);
        FileLock? held = null;
        try
        {
            folder = processes.ComputeOnce(() =>
            {
                RunFolder files = RunFolder.Create(folder);
                held = files.LockForNewRun();
                // The options come last: they make the folder one that can be resumed.
                if (savesStart) model.Save(files.StartModel);
                texts.SaveInput(files, options);
                options.Write(files.Options);
                return folder;
            });
            return new ActiveTrainingRun(new RunFolder(folder), held, options, model, texts.Corpus, texts.Validation, trainer);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    private static async Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Func<TrainingRunOptions, TrainingRunOptions>? change,
        Func<RunFolder, TrainingRunOptions, TrainingRunOptions, Task<RunTexts>> open,
        IProgress<CorpusProgress>? progress,
        IProcessGroup processes,
        CancellationToken cancellationToken)
    {
        RunFolder files = new(folder);
        FileLock? held = null;
        try
        {
            TrainingState? state = null;
            // What can be checked is checked before the texts are opened, which may take long.
            byte[] stored = await Complete(
                () => processes.ComputeOnce(() =>
                {
                    held = files.LockForResume();
                    TrainingRunOptions read = TrainingRunOptions.Read(files.Options);
                    Change(read, change);
                    state = files.ReadState();
                    bool hasStart = read.HasStartModel || read.From is not null || File.Exists(files.StartModel);
                    return JsonSerializer.SerializeToUtf8Bytes(read with { HasStartModel = hasStart }, RunJson.Default.TrainingRunOptions);
                }),
                cancellationToken).ConfigureAwait(false);
            TrainingRunOptions begun = JsonSerializer.Deserialize(stored, RunJson.Default.TrainingRunOptions)!;
            TrainingRunOptions options = Change(begun, change);
            EnsureTextsCanBeShared(options, processes);
            LanguageModel? start = begun.HasStartModel
                ? await Complete(() => LoadOnce(processes, files.FindStartModel, files.StartModel), cancellationToken)
                    .ConfigureAwait(false)
                : null;
            RunTexts texts = await open(files, begun, options).ConfigureAwait(false);
            options = texts.Describe(texts.WithAbsoluteNames(options, begun));
            begun.EnsureSameRun(options);
            state?.Identity.EnsureSame(options.Identity);
            LanguageModel model =
                start ?? await CreateModelAsync(options, texts.Corpus, progress, cancellationToken).ConfigureAwait(false);
            await TokenizeAsync(texts, model.Tokenizer, progress, cancellationToken).ConfigureAwait(false);
            Trainer trainer = await Complete(
                () => new Trainer(model, texts.Corpus, options.Training, texts.Validation, processes), cancellationToken)
                .ConfigureAwait(false);
            if (processes.Rank == 0)
            {
                texts.SaveInput(files, options);
                if (options != begun) options.Write(files.Options);
            }

            return new ActiveTrainingRun(files, held, options, model, texts.Corpus, texts.Validation, trainer);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model file in rank 0, and gives its bytes to the others.</summary>
    /// <param name="processes">The processes that train together.</param>
    /// <param name="find">Finds the file.</param>
    /// <param name="name">The name of the file in messages of the other processes.</param>
    private static LanguageModel LoadOnce(IProcessGroup processes, Func<string> find, string name)
    {
        LanguageModel? loaded = null;
        byte[] bytes = processes.ComputeOnce(() =>
        {
            string path = find();
            loaded = LanguageModel.Load(path);
            return processes.Size == 1 ? [] : File.ReadAllBytes(path);
        });
        return loaded ?? LanguageModel.Load(bytes, name);
    }

    /// <summary>Standard input reaches one process only.</summary>
    private static void EnsureTextsCanBeShared(TrainingRunOptions options, IProcessGroup processes)
    {
        if (processes.Size == 1) return;
        string? stream = options.Corpus.Append(options.ValidationText).FirstOrDefault(IsStream);
        if (stream is null) return;
        string name = stream == TrainingRunOptions.StandardInputName ? "standard input" : $"the pipe or device '{stream}'";
        throw new InvalidOptionsException(
            $"A text from {name} reaches only one of the processes. Save it as a file that all of them can read.", nameof(options.Corpus));

        static bool IsStream(string? text) =>
            text == TrainingRunOptions.StandardInputName || (text is not null && FileTarget.Of(text).Kind == FileKind.Stream);
    }

    /// <summary>The options to resume with.</summary>
    private static TrainingRunOptions Change(TrainingRunOptions begun, Func<TrainingRunOptions, TrainingRunOptions>? change)
    {
        TrainingRunOptions options = change?.Invoke(begun) ?? begun;
        begun.EnsureSameRun(options);
        options.Validate();
        return options;
    }

    /// <summary>The options with what a given model decides.</summary>
    private static TrainingRunOptions WithModel(TrainingRunOptions options, LanguageModel model) => options with
    {
        Model = model.Spec,
        Tokenizer = new TokenizerOptions { Kind = model.Tokenizer.Kind },
        Lowercase = model.Tokenizer.Normalization.Lowercase,
    };

    /// <summary>Streams do not need a whole window to train, but generating samples does.</summary>
    private static void EnsureLongerThanWindow(Corpus corpus, LanguageModel model)
    {
        long length = corpus.TokensOf(model.Tokenizer).Count;
        if (length > model.Spec.Window) return;
        string message = string.Create(
            CultureInfo.InvariantCulture,
            $"'{corpus.Name}' has {length:N0} {model.Tokenizer.UnitName}, but a window of {model.Spec.Window:N0} needs more than that.");
        throw new InvalidOptionsException(message + " Use a longer text or a smaller Window.", nameof(ModelSpec.Window));
    }

    private static string ModelFileOf(string from)
    {
        if (!Directory.Exists(from)) return from;
        return new RunFolder(from).Model
            ?? throw new TrainingRunException(
                $"There is no model in '{from}' yet. A run saves its first model with its first checkpoint.", from);
    }

    private static async Task<LanguageModel> CreateModelAsync(
        TrainingRunOptions options, Corpus corpus, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = await Tokenizer.CreateAsync(corpus, options.Tokenizer, progress, cancellationToken).ConfigureAwait(false);
        return await Compute(() => LanguageModel.Create(options.Model, tokenizer, options.Training.Seed), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Computes something that cannot be cancelled. A cancellation ends the wait for it.</summary>
    private static Task<T> Compute<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Run(work, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>
    /// Computes something that takes a lock, or exchanges with other processes. A cancellation does not abandon it: it would go on beside
    /// what the caller does next.
    /// </summary>
    private static Task<T> Complete<T>(Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Run(work, CancellationToken.None);
    }

    /// <summary>Tokenizes the texts. The corpora keep the tokens, which the trainer then uses.</summary>
    private static async Task TokenizeAsync(
        RunTexts texts, Tokenizer tokenizer, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        await texts.Corpus.TokenizeAsync(tokenizer, progress, cancellationToken).ConfigureAwait(false);
        // Hashing a large text takes seconds. The corpus keeps the hash.
        await Compute(() => texts.Corpus.Sha256, cancellationToken).ConfigureAwait(false);
        if (texts.Validation is not { } validation) return;
        try
        {
            await validation.TokenizeAsync(tokenizer, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (UnknownCharacterException unknown)
        {
            string place = unknown.Position < 0 ? "" : $", character {unknown.Position + 1},";
            throw new CorpusException(
                $"The validation text '{validation.Name}' has {CharacterName.Of(unknown.Character)}{place} which the corpus does not "
                + "have, so the model cannot predict it. Remove or replace the character.");
        }
    }
}
