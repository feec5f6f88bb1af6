using Aphorist.Cli.CommandLine;
using Aphorist.Model;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Training;

/// <summary>Prepares a run from the beginning.</summary>
internal static class NewRun
{
    private static readonly string[] DefaultCorpus = ["aphorisms"];

    public static async Task<PreparedRun> PrepareAsync(TrainingRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        Preset preset = PresetNamed(request.Preset);
        TokenizerOptions tokenizer = request.ChangeTokenizer(new TokenizerOptions());
        IReadOnlyList<string> sources = request.Corpus.Count > 0 ? request.Corpus : DefaultCorpus;
        CorpusOptions reading = new() { Encoding = request.Encoding, Lowercase = request.Lowercase ?? preset.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, reading, output, cancellationToken);
        RunOptions options = new()
        {
            Corpus = sources,
            CorpusSha256 = corpus.Sha256,
            Encoding = reading.Encoding,
            Lowercase = reading.Lowercase,
            Preset = preset.Name,
            Tokenizer = tokenizer,
            Model = request.Change(TokenOptions.ShapeFor(tokenizer, preset.Model)),
            Training = request.ChangeTraining(preset.Training) with { Preset = preset.Name },
        };
        return Begin(options, corpus, request.Run ?? RunFolderName.For(corpus.Name));
    }

    private static PreparedRun Begin(RunOptions options, Corpus corpus, string path)
    {
        ITokenizer tokenizer = options.Tokenizer.MakeFor(corpus);
        CorpusOpening.Check(corpus, tokenizer, options.Model.Window);
        LanguageModel model = LanguageModel.Create(options.Model, tokenizer, options.Training.Seed);
        RunFolder folder = RunFolder.Create(path);
        try
        {
            options.Write(folder.Options);
            return new PreparedRun(model, corpus, options, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static Preset PresetNamed(string? name)
    {
        if (name is null) return Preset.Notebook;
        return Preset.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw new WrongCallException($"There is no preset '{name}': choose from {string.Join(", ", Preset.All.Select(preset => preset.Name))}.");
    }
}
