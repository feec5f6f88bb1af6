using System.Globalization;
using Aphorist.IO;
using Aphorist.Text;

namespace Aphorist.Training.Runs;

/// <summary>Builds a run from its options: a new one, or one that is resumed.</summary>
internal static class RunBuilder
{
    public static async Task<ActiveTrainingRun> CreateAsync(
        TrainingRunOptions options, string? folder, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        // The name of the corpus chooses the folder within runs, so any name there is as good.
        new RunFolder(folder ?? RunFolder.FreePath("new")).EnsureIsNoInput(options);
        LanguageModel? from = options.From is null ? null : LanguageModel.Load(ModelFileOf(options.From));
        if (from is not null) options = WithModel(options, from);
        options.Validate();
        (Corpus corpus, Corpus? validation) = await OpenTextsAsync(options, progress, cancellationToken).ConfigureAwait(false);
        LanguageModel model = from is null
            ? await CreateModelAsync(options, corpus, progress, cancellationToken).ConfigureAwait(false)
            : from.ExtendVocabulary(corpus, options.Training.Seed);
        await TokenizeAsync(corpus, validation, model.Tokenizer, progress, cancellationToken).ConfigureAwait(false);
        return Create(options, model, corpus, validation, folder ?? RunFolder.FreePath(corpus.Name), savesStart: from is not null);
    }

    public static ActiveTrainingRun Create(LanguageModel model, Corpus corpus, TrainingOptions training, string folder, Corpus? validation)
    {
        TrainingRunOptions options = new() { Corpus = [corpus.Name], ValidationText = validation?.Name, Training = training };
        return Create(WithModel(options, model), model, corpus, validation, folder, savesStart: true);
    }

    public static async Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Func<TrainingRunOptions, TrainingRunOptions>? change,
        IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken)
    {
        RunFolder files = new(folder);
        FileLock held = files.LockForResume();
        try
        {
            TrainingRunOptions begun = TrainingRunOptions.Read(files.Options);
            TrainingRunOptions options = Change(begun, change);
            (Corpus corpus, Corpus? validation) = await OpenTextsAsync(options, progress, cancellationToken).ConfigureAwait(false);
            return await ResumeAsync(files, held, begun, options, corpus, validation, progress, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public static async Task<ActiveTrainingRun> ResumeAsync(
        string folder,
        Corpus corpus,
        Corpus? validation,
        Func<TrainingRunOptions, TrainingRunOptions>? change,
        CancellationToken cancellationToken)
    {
        RunFolder files = new(folder);
        FileLock held = files.LockForResume();
        try
        {
            TrainingRunOptions begun = TrainingRunOptions.Read(files.Options);
            TrainingRunOptions options = Change(begun, change);
            return await ResumeAsync(files, held, begun, options, corpus, validation, progress: null, cancellationToken)
                .ConfigureAwait(false);
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

    private static async Task<ActiveTrainingRun> ResumeAsync(
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
            : await CreateModelAsync(options, corpus, progress, cancellationToken).ConfigureAwait(false);
        await TokenizeAsync(corpus, validation, model.Tokenizer, progress, cancellationToken).ConfigureAwait(false);
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
        string best = new RunFolder(from).BestModel;
        return File.Exists(best)
            ? best
            : throw new TrainingRunException(
                $"There is no model in '{from}' yet. A run saves its first model after the first epoch.", from);
    }

    private static async Task<(Corpus Corpus, Corpus? Validation)> OpenTextsAsync(
        TrainingRunOptions options, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        return (
            await OpenAsync(options.Corpus).ConfigureAwait(false),
            options.ValidationText is null ? null : await OpenAsync([options.ValidationText]).ConfigureAwait(false));

        Task<Corpus> OpenAsync(IReadOnlyList<string> sources) =>
            Corpus.OpenAsync(sources, options.CorpusOptions with { StandardInput = options.StandardInput }, progress, cancellationToken);
    }

    private static async Task<LanguageModel> CreateModelAsync(
        TrainingRunOptions options, Corpus corpus, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = await Tokenizer.CreateAsync(corpus, options.Tokenizer, progress, cancellationToken).ConfigureAwait(false);
        return LanguageModel.Create(options.Model, tokenizer, options.Training.Seed);
    }

    /// <summary>Tokenizes the texts. The corpora keep the tokens, which the trainer then uses.</summary>
    private static async Task TokenizeAsync(
        Corpus corpus, Corpus? validation, Tokenizer tokenizer, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        await corpus.TokenizeAsync(tokenizer, progress, cancellationToken).ConfigureAwait(false);
        if (validation is null) return;
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
