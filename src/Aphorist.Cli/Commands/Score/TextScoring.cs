using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Score;

/// <summary>Reads a text, however long, with a model.</summary>
internal sealed class TextScoring(ScoreRequest request, LanguageModel model, CommandOutput output)
{
    private const int Alternatives = 6;
    private const int BlockLength = 4096;

    private readonly SurprisingPassages passages = new(model.Tokenizer, request.Passages);
    private readonly List<ScoredToken> beginning = [];
    private readonly int shown = request.Output is null ? 0 : request.Length;
    private Evaluation total;
    private double entropy;

    public async Task<ScoredText> RunAsync(Corpus corpus, CancellationToken cancellationToken)
    {
        long count = corpus.CountTokens(model.Tokenizer, cancellationToken);
        ScoreOptions options = new() { Alternatives = Alternatives, MaxTokensWithAlternatives = shown };
        await using PreparationReport report = new(output, "reading", " tokens");
        foreach (ScoredToken token in new TextGenerator(model).ScoreTokens(IdsOf(corpus, model.Tokenizer, count), options, cancellationToken))
        {
            Add(token);
            if (total.Count % BlockLength == 0) report.Report(new(corpus.Name, total.Count, count));
        }

        return new(request.Model, corpus.Name, model.Tokenizer, total, entropy, passages.Finish(), beginning);
    }

    private void Add(ScoredToken token)
    {
        total += new Evaluation(1, -token.LogProbability, token.Rank == 1 ? 1 : 0, model.Tokenizer.CountCharacters([token.Id]));
        entropy += token.Entropy;
        passages.Add(token);
        if (beginning.Count < shown) beginning.Add(token);
    }

    private static IEnumerable<int> IdsOf(Corpus corpus, Tokenizer tokenizer, long count)
    {
        int[] block = new int[BlockLength];
        for (long place = 0; place < count; place += BlockLength)
        {
            int length = (int)Math.Min(BlockLength, count - place);
            corpus.ReadTokens(tokenizer, place, block.AsSpan(0, length));
            for (int index = 0; index < length; index++) yield return block[index];
        }
    }
}
