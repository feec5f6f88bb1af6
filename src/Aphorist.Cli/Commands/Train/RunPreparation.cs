using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Turns a request into a run: a new one, or an interrupted one to resume.</summary>
internal static class RunPreparation
{
    private static readonly string[] DefaultCorpus = ["aphorisms"];

    public static async Task<ActiveTrainingRun> PrepareAsync(TrainingRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusReport progress = new(output);
        try
        {
            return request.Resume is null
                ? await TrainingRun.CreateAsync(await OptionsOfAsync(request, output), request.Run, progress, cancellationToken)
                : await ResumeAsync(request, progress, cancellationToken);
        }
        catch (InvalidOptionsException exception) when (request.Resume is not null)
        {
            throw new UsageException(OptionFlags.MessageOf(exception));
        }
        catch (TrainingRunException exception) when (request.Resume is null)
        {
            throw new TrainingRunException($"{exception.Message.TrimEnd('.')} (--run chooses it, --resume resumes a run).", exception.Path, exception);
        }
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

    /// <summary>The preset of this name; the notebook's for none.</summary>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static Preset PresetNamed(string? name)
    {
        if (name is null) return Preset.Notebook;
        return Preset.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw new UsageException($"There is no preset '{name}': choose from {string.Join(", ", Preset.All.Select(preset => preset.Name))}.");
    }

    private static async Task<TrainingRunOptions> OptionsOfAsync(TrainingRequest request, CommandOutput output)
    {
        EnsureConsistent(request);
        Preset preset = PresetNamed(request.Preset);
        TokenizerOptions tokenizer = request.ChangeTokenizer(new TokenizerOptions());
        TrainingRunOptions options = new()
        {
            Corpus = request.Corpus.Count > 0 ? request.Corpus : DefaultCorpus,
            ValidationText = request.ValidationText,
            Encoding = request.Encoding,
            Lowercase = request.Lowercase ?? preset.Lowercase,
            Tokenizer = tokenizer,
            From = request.From,
        };
        if (request.From is null)
        {
            return options with
            {
                Model = request.Change(TokenOptions.ShapeFor(tokenizer, preset.Model)),
                Training = request.ChangeTraining(preset.Training) with { Preset = preset.Name },
            };
        }

        LanguageModel from = LanguageModel.Load(ModelPath.Of(request.From));
        EnsureKeepsModel(request, from);
        TrainingOptions training = ImportedOptimizer.OptionsFor(request, preset, from) with { Preset = preset.Name };
        if (ImportedOptimizer.Note(from, training) is { } note) await output.Notes.WriteLineAsync(note);
        return options with { Model = from.Spec, Training = training };
    }

    private static void EnsureKeepsModel(TrainingRequest request, LanguageModel from)
    {
        bool lowercase = from.Tokenizer.Normalization.Lowercase;
        TokenizerOptions tokenizer = new() { Kind = TokenizerOptions.GetKind(from.Tokenizer) };
        if (request.Change(from.Spec) != from.Spec) throw new UsageException("--from keeps the model's shape: leave out the options that change it.");
        if (request.ChangeTokenizer(tokenizer) != tokenizer) throw new UsageException("--from keeps the model's tokenizer: leave out the options that change it.");
        if ((request.Lowercase ?? lowercase) != lowercase)
            throw new UsageException($"--from keeps the model's normalisation: leave out --lowercase, which is {(lowercase ? "true" : "false")} for this model.");
    }

    private static async Task<ActiveTrainingRun> ResumeAsync(
        TrainingRequest request, IProgress<CorpusProgress> progress, CancellationToken cancellationToken)
    {
        if (request.Run is not null) throw new UsageException("--resume goes on in the run's own folder: leave out --run.");
        if (request.From is not null) throw new UsageException("--resume goes on with the run's own model: leave out --from.");
        return await TrainingRun.ResumeAsync(
            request.Resume!,
            begun => begun with
            {
                Corpus = request.Corpus.Count > 0 ? request.Corpus : begun.Corpus,
                ValidationText = request.ValidationText ?? begun.ValidationText,
                Encoding = request.Encoding ?? begun.Encoding,
                Lowercase = request.Lowercase ?? begun.Lowercase,
                Tokenizer = request.ChangeTokenizer(begun.Tokenizer),
                Model = request.Change(begun.Model),
                Training = request.ChangeTraining(begun.Training) with { Preset = request.Preset ?? begun.Training.Preset },
            },
            progress,
            cancellationToken);
    }
}
