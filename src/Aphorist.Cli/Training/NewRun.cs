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
        ModelSpec spec = ModelOf(request, preset);
        TrainingOptions options = OptionsOf(request, preset);
        CorpusOptions reading = new() { Encoding = request.Encoding, Lowercase = request.Lowercase ?? preset.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(request.Corpus.Count > 0 ? request.Corpus : DefaultCorpus, reading, output, cancellationToken);
        Vocabulary vocabulary = Vocabulary.Of(corpus);
        CorpusOpening.Check(corpus, vocabulary, spec.Window);
        LanguageModel model = LanguageModel.Create(spec, vocabulary, options.Seed);
        RunFolder folder = RunFolder.Create(request.Run ?? RunFolderName.For(corpus.Name));
        return new PreparedRun(model, corpus, options, folder);
    }

    private static Preset PresetNamed(string? name)
    {
        if (name is null) return Preset.Notebook;
        IEnumerable<string> names = Preset.All.Select(preset => preset.Name);
        return Preset.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw new WrongCallException($"There is no preset '{name}': there {(names.Count() == 1 ? "is" : "are")} {string.Join(", ", names)}.");
    }

    private static ModelSpec ModelOf(TrainingRequest request, Preset preset) => preset.Model with
    {
        Window = request.Window ?? preset.Model.Window,
        Gates = request.Gates ?? preset.Model.Gates,
    };

    private static TrainingOptions OptionsOf(TrainingRequest request, Preset preset) => preset.Training with
    {
        Epochs = request.Epochs ?? preset.Training.Epochs,
        Step = request.Step ?? preset.Training.Step,
        BatchSize = request.Batch ?? preset.Training.BatchSize,
        LearningRate = request.LearningRate ?? preset.Training.LearningRate,
        ValidationShare = request.Validation ?? preset.Training.ValidationShare,
        Seed = request.Seed ?? preset.Training.Seed,
        Threads = request.Threads ?? preset.Training.Threads,
        DivergenceGuard = request.DivergenceGuard ?? preset.Training.DivergenceGuard,
        CheckpointInterval = request.CheckpointInterval is double seconds ? TimeSpan.FromSeconds(seconds) : preset.Training.CheckpointInterval,
    };
}
