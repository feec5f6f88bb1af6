using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Score;

/// <summary>Carries out a call of `aphorist score`.</summary>
internal static class ScoreCall
{
    public static async Task<int> RunAsync(ScoreRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        LanguageModel model = LanguageModel.Load(ModelPath.Of(request.Model));
        // A place that cannot be written to is told before the work.
        using AtomicFile? page = request.Output is string path ? new AtomicFile(path) : null;
        CorpusOptions reading = new() { Encoding = request.Encoding, Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(request.Sources, reading, output, cancellationToken);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        ScoredText scored = await Task.Run(() => new TextScoring(request, model, output).RunAsync(corpus, cancellationToken), cancellationToken);
        page?.Write(Encoding.UTF8.GetBytes(ScorePage.Of(scored)));
        page?.Commit();
        if (output.Json) output.Result.Announce(ScoreReport.Json(scored, request.Output));
        else ScoreReport.Write(output.Result, scored);
        if (request.Output is not null && !output.Json) output.Notes.WriteLine($"The text in colours: {request.Output}");
        return ExitCode.Done;
    }
}
