using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Prepares an interrupted run to go on.</summary>
internal static class ResumedRun
{
    public static async Task<PreparedRun> PrepareAsync(TrainingRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        if (request.Run is not null) throw new UsageException("--resume goes on in the run's own folder: leave out --run.");
        if (request.From is not null) throw new UsageException("--resume goes on with the run's own model: leave out --from.");
        RunFolder folder = RunFolder.Open(request.Resume!);
        try
        {
            return await GoOnAsync(request, folder, output, cancellationToken);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static async Task<PreparedRun> GoOnAsync(
        TrainingRequest request, RunFolder folder, CommandOutput output, CancellationToken cancellationToken)
    {
        RunOptions begun = RunOptions.Read(folder.Options);
        RunOptions wanted = begun with
        {
            Corpus = request.Corpus.Count > 0 ? request.Corpus : begun.Corpus,
            ValidationText = request.ValidationText ?? begun.ValidationText,
            Encoding = request.Encoding ?? begun.Encoding,
            Lowercase = request.Lowercase ?? begun.Lowercase,
            Preset = request.Preset ?? begun.Preset,
            Tokenizer = request.ChangeTokenizer(begun.Tokenizer),
            Model = request.Change(begun.Model),
            Training = request.ChangeTraining(begun.Training),
        };
        EnsureSame(begun, wanted);
        ValidationText.Check(wanted.ValidationText, wanted.Corpus);
        CorpusOptions reading = new() { Encoding = wanted.Encoding, Lowercase = wanted.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(wanted.Corpus, reading, output, cancellationToken);
        Corpus? validation = await ValidationText.OpenAsync(wanted.ValidationText, reading, output, cancellationToken);
        EnsureSame(begun, wanted with { CorpusSha256 = corpus.Sha256, ValidationSha256 = validation?.Sha256 });
        if (wanted != begun) wanted.Write(folder.Options);
        LanguageModel model = wanted.From is not null
            ? LanguageModel.Load(folder.StartModel)
            : LanguageModel.Create(
                wanted.Model, await CorpusOpening.MakeTokenizerAsync(wanted.Tokenizer, corpus, output, cancellationToken), wanted.Training.Seed);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        await ValidationText.EncodeAsync(validation, model.Tokenizer, output, cancellationToken);
        return new PreparedRun(model, corpus, wanted, folder, new Trainer(model, corpus, wanted.Training, validation));
    }

    private static void EnsureSame(RunOptions begun, RunOptions wanted)
    {
        try
        {
            begun.EnsureSame(wanted);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
