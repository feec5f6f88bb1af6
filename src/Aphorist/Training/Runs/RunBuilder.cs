using System.Globalization;
using Aphorist.IO;

namespace Aphorist.Training.Runs;

/// <summary>Builds a run from its options: a new one, or one that is resumed.</summary>
internal static class RunBuilder
{
    public static async Task<ActiveTrainingRun> CreateAsync(
        TrainingRunOptions options, string? folder, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        LanguageModel? from = options.From is null ? null : LanguageModel.Load(ModelFileOf(options.From));
        if (from is not null) options = WithModel(options, from);
        options.Validate();
        (Corpus corpus, Corpus? validation) = await OpenTextsAsync(options, progress, cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () =>
            {
                LanguageModel model = from is null
                    ? CreateModel(options, corpus, progress, cancellationToken)
                    : from.ExtendVocabulary(corpus, options.Training.Seed);
                Encode(corpus, validation, model.Tokenizer, progress, cancellationToken);
                return Create(options, model, corpus, validation, folder ?? RunFolder.FreePath(corpus.Name), savesStart: from is not null);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public static ActiveTrainingRun Create(LanguageModel model, Corpus corpus, TrainingOptions training, string folder, Corpus? validation)
    {
        TrainingRunOptions options = new() { Corpus = [corpus.Name], ValidationText = validation?.Name, Training = training };
        return Create(WithModel(options, model), model, corpus, validation, folder, savesStart: true);
    }

    public static async Task<ActiveTrainingRun> ResumeAsync(
        string folder, Func<TrainingRunOptions, TrainingRunOptions>? change, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        RunFolder files = new(folder);
        FileLock held = files.LockForResume();
        try
        {
            TrainingRunOptions begun = TrainingRunOptions.Read(files.Options);
            TrainingRunOptions options = Change(begun, change);
            (Corpus corpus, Corpus? validation) = await OpenTextsAsync(options, progress, cancellationToken).ConfigureAwait(false);
            return await Task.Run(
                () => Resume(files, held, begun, options, corpus, validation, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public static ActiveTrainingRun Resume(
        string folder, Corpus corpus, Corpus? validation, Func<TrainingRunOptions, TrainingRunOptions>? change)
    {
        RunFolder files = new(folder);
        FileLock held = files.LockForResume();
        try
        {
            TrainingRunOptions begun = TrainingRunOptions.Read(files.Options);
            return Resume(files, held, begun, Change(begun, change), corpus, validation, progress: null, CancellationToken.None);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static ActiveTrainingRun Create(
        TrainingRunOptions options, LanguageModel model, Corpus corpus, Corpus? validation, string folder, bool savesStart)
    {
        options = options with { CorpusSha256 = corpus.Sha256, ValidationSha256 = validation?.Sha256 };
        // What cannot be trained is refused before the folder is created.
        EnsureLongerThanWindow(corpus, model);
        Trainer trainer = new(model, corpus, options.Training, validation);
        RunFolder files = RunFolder.Create(folder);
        FileLock held = files.LockForNewRun();
        try
        {
            // The options come last: they make the folder one that can be resumed.
            if (savesStart) model.Save(files.StartModel);
            options.Write(files.Options);
            return new ActiveTrainingRun(files, held, options, model, corpus, validation, trainer);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static ActiveTrainingRun Resume(
        RunFolder files,
        FileLock held,
        TrainingRunOptions begun,
        TrainingRunOptions options,
        Corpus corpus,
        Corpus? validation,
        IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken)
    {
        options = options with { CorpusSha256 = corpus.Sha256, ValidationSha256 = validation?.Sha256 };
        begun.EnsureSameRun(options);
        if (options != begun) options.Write(files.Options);
        LanguageModel model = File.Exists(files.StartModel)
            ? LanguageModel.Load(files.StartModel)
            : CreateModel(options, corpus, progress, cancellationToken);
        Encode(corpus, validation, model.Tokenizer, progress, cancellationToken);
        Trainer trainer = new(model, corpus, options.Training, validation);
        return new ActiveTrainingRun(files, held, options, model, corpus, validation, trainer);
    }

    /// <summary>The options to resume with. They are compared before a text is opened, which may take long.</summary>
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
        Tokenizer = new TokenizerOptions { Kind = TokenizerOptions.GetKind(model.Tokenizer) },
        Lowercase = model.Tokenizer.Normalization.Lowercase,
    };

    /// <summary>Streams do not need a whole window to train, but generating samples does.</summary>
    private static void EnsureLongerThanWindow(Corpus corpus, LanguageModel model)
    {
        bool hasCharacters = TokenizerOptions.GetKind(model.Tokenizer) == TokenizerKind.Characters;
        long length = corpus.TokensOf(model.Tokenizer).Count;
        if (length > model.Spec.Window) return;
        string message = string.Create(
            CultureInfo.InvariantCulture,
            $"'{corpus.Name}' has {length:N0} {(hasCharacters ? "characters" : "tokens")}, but a window of {model.Spec.Window:N0} needs more than that. "
            + $"Use a longer text or a smaller Window.");
        throw new InvalidOptionsException(message, nameof(ModelSpec.Window));
    }

    private static string ModelFileOf(string from)
    {
        if (!Directory.Exists(from)) return from;
        string best = new RunFolder(from).BestModel;
        return File.Exists(best)
            ? best
            : throw new TrainingRunException($"There is no model in '{from}' yet. A run saves its first model after the first epoch.", from);
    }

    private static async Task<(Corpus Corpus, Corpus? Validation)> OpenTextsAsync(
        TrainingRunOptions options, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        return (
            await OpenAsync(options.Corpus).ConfigureAwait(false),
            options.ValidationText is null ? null : await OpenAsync([options.ValidationText]).ConfigureAwait(false));

        Task<Corpus> OpenAsync(IReadOnlyList<string> sources) => CorpusSource.OpenAsync(
            sources,
            options.CorpusOptions,
            options.StandardInput,
            Relay<DownloadProgress>.To(progress, one => new(CorpusStage.Downloading, one.Name, one.BytesReceived, one.TotalBytes)),
            Relay<PreparationProgress>.To(progress, one => new(CorpusStage.Caching, one.Name, one.Done, one.Total)),
            cancellationToken);
    }

    private static LanguageModel CreateModel(
        TrainingRunOptions options, Corpus corpus, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = options.Tokenizer.CreateTokenizer(
            corpus,
            Relay<PreparationProgress>.To(progress, one => new(CorpusStage.CountingWords, one.Name, one.Done, one.Total)),
            cancellationToken);
        return LanguageModel.Create(options.Model, tokenizer, options.Training.Seed);
    }

    /// <summary>Encodes the texts. The corpora keep the tokens, which the trainer then uses.</summary>
    private static void Encode(
        Corpus corpus, Corpus? validation, Tokenizer tokenizer, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        IProgress<PreparationProgress>? tokenizing =
            Relay<PreparationProgress>.To(progress, one => new(CorpusStage.Tokenizing, one.Name, one.Done, one.Total));
        corpus.TokensOf(tokenizer, tokenizing, cancellationToken);
        try
        {
            validation?.TokensOf(tokenizer, tokenizing, cancellationToken);
        }
        catch (UnknownCharacterException unknown)
        {
            string place = unknown.Position < 0 ? "" : $", character {unknown.Position + 1},";
            throw new InvalidOptionsException(
                $"The validation text '{validation!.Name}' has {CharacterName.Of(unknown.Character)}{place} which the corpus does not have, so the model "
                + "cannot predict it. Remove or replace the character.",
                nameof(TrainingRunOptions.ValidationText));
        }
    }

    private sealed class Relay<T>(IProgress<CorpusProgress> target, Func<T, CorpusProgress> convert) : IProgress<T>
    {
        public static Relay<T>? To(IProgress<CorpusProgress>? target, Func<T, CorpusProgress> convert) =>
            target is null ? null : new Relay<T>(target, convert);

        public void Report(T value) => target.Report(convert(value));
    }
}
