using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Prepares a run from the beginning.</summary>
internal static class NewRun
{
    private static readonly string[] DefaultCorpus = ["aphorisms"];

    public static async Task<PreparedRun> PrepareAsync(TrainingRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        EnsureConsistent(request);
        Preset preset = PresetNamed(request.Preset);
        if (request.From is not null) return await PrepareFromAsync(request, preset, output, cancellationToken);
        TokenizerOptions tokenizer = request.ChangeTokenizer(new TokenizerOptions());
        IReadOnlyList<string> sources = request.Corpus.Count > 0 ? request.Corpus : DefaultCorpus;
        CorpusOptions reading = new() { Encoding = request.Encoding, Lowercase = request.Lowercase ?? preset.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, reading, output, cancellationToken);
        Corpus? validation = await ValidationText.OpenAsync(request.ValidationText, reading, output, cancellationToken);
        RunOptions options = new()
        {
            Corpus = sources,
            CorpusSha256 = corpus.Sha256,
            ValidationText = request.ValidationText,
            ValidationSha256 = validation?.Sha256,
            Encoding = reading.Encoding,
            Lowercase = reading.Lowercase,
            Preset = preset.Name,
            Tokenizer = tokenizer,
            Model = request.Change(TokenOptions.ShapeFor(tokenizer, preset.Model)),
            Training = request.ChangeTraining(preset.Training) with { Preset = preset.Name },
        };
        Tokenizer tokens = await CorpusOpening.MakeTokenizerAsync(tokenizer, corpus, output, cancellationToken);
        await CorpusOpening.EncodeAsync(corpus, tokens, output, cancellationToken);
        await ValidationText.EncodeAsync(validation, tokens, output, cancellationToken);
        CorpusOpening.Check(corpus, tokens, options.Model.Window);
        return Begin(options, corpus, validation, LanguageModel.Create(options.Model, tokens, options.Training.Seed), request.Run);
    }

    /// <summary>Checks what can be checked of a request before any text is read.</summary>
    /// <exception cref="UsageException">It contradicts itself or asks for what does not exist.</exception>
    public static void EnsureConsistent(TrainingRequest request)
    {
        Preset preset = PresetNamed(request.Preset);
        TrainingOptions training = request.ChangeTraining(preset.Training);
        if (training is { ValidationInterval: > 0, ValidationShare: 0 } && request.ValidationText is null)
            throw new UsageException("--validate-every measures on held-out text, and there is none: add --validation or --validation-text, or leave it out.");
        ValidationText.Check(request.ValidationText, request.Corpus);
        if (request.From is null) request.Change(TokenOptions.ShapeFor(request.ChangeTokenizer(new TokenizerOptions()), preset.Model));
    }

    /// <summary>A run that goes on from a model: shape, tokenizer and normalisation are the model's.</summary>
    private static async Task<PreparedRun> PrepareFromAsync(TrainingRequest request, Preset preset, CommandOutput output, CancellationToken cancellationToken)
    {
        LanguageModel from = LanguageModel.Load(ModelPath.Of(request.From!));
        bool lowercase = from.Tokenizer.Normalization.Lowercase;
        TokenizerOptions tokenizer = new() { Kind = from.Tokenizer.Kind };
        if (request.Change(from.Spec) != from.Spec) throw new UsageException("--from keeps the model's shape: leave out the options that change it.");
        if (request.ChangeTokenizer(tokenizer) != tokenizer) throw new UsageException("--from keeps the model's tokenizer: leave out the options that change it.");
        if ((request.Lowercase ?? lowercase) != lowercase)
            throw new UsageException($"--from keeps the model's normalisation: leave out --lowercase, which is {(lowercase ? "true" : "false")} for this model.");
        IReadOnlyList<string> sources = request.Corpus.Count > 0 ? request.Corpus : DefaultCorpus;
        CorpusOptions reading = new() { Encoding = request.Encoding, Lowercase = lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, reading, output, cancellationToken);
        Corpus? validation = await ValidationText.OpenAsync(request.ValidationText, reading, output, cancellationToken);
        RunOptions options = new()
        {
            Corpus = sources,
            CorpusSha256 = corpus.Sha256,
            ValidationText = request.ValidationText,
            ValidationSha256 = validation?.Sha256,
            Encoding = request.Encoding,
            Lowercase = lowercase,
            Preset = preset.Name,
            From = request.From,
            Tokenizer = tokenizer,
            Model = from.Spec,
            Training = ImportedOptimizer.OptionsFor(request, preset, from) with { Preset = preset.Name },
        };
        if (ImportedOptimizer.Note(from, options.Training) is { } note) await output.Notes.WriteLineAsync(note);
        LanguageModel model = from.ExtendVocabulary(corpus, options.Training.Seed);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        await ValidationText.EncodeAsync(validation, model.Tokenizer, output, cancellationToken);
        CorpusOpening.Check(corpus, model.Tokenizer, model.Spec.Window);
        return Begin(options, corpus, validation, model, request.Run);
    }

    private static PreparedRun Begin(RunOptions options, Corpus corpus, Corpus? validation, LanguageModel model, string? path)
    {
        // What cannot be trained is refused before a folder is made for it.
        Trainer trainer = new(model, corpus, options.Training, validation);
        RunFolder folder = RunFolder.Create(path ?? RunFolderName.For(corpus.Name));
        try
        {
            // What a resumed run could not make again from the corpus alone; first, since the options make the folder one that can be resumed.
            if (options.From is not null) model.Save(folder.StartModel);
            options.Write(folder.Options);
            return new PreparedRun(model, corpus, options, folder, trainer);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The preset of this name; the notebook's for none.</summary>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static Preset PresetNamed(string? name)
    {
        if (name is null) return Preset.Notebook;
        return Preset.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw new UsageException($"There is no preset '{name}': choose from {string.Join(", ", Preset.All.Select(preset => preset.Name))}.");
    }
}
