using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;
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
        TokenSequence ids = corpus.TokensOf(model.Tokenizer, cancellationToken: cancellationToken);
        await using CorpusProgressReport report = new(output);
        foreach (ScoredToken token in new TextGenerator(model).Score(IdsOf(ids), Alternatives, shown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(token);
            if (total.Count % BlockLength == 0) report.Report(new(CorpusStage.Read, corpus.Name, total.Count, ids.Count));
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

    private static IEnumerable<int> IdsOf(TokenSequence sequence)
    {
        int[] block = new int[BlockLength];
        for (long place = 0; place < sequence.Count; place += BlockLength)
        {
            int length = (int)Math.Min(BlockLength, sequence.Count - place);
            sequence.Read(place, block.AsSpan(0, length));
            for (int index = 0; index < length; index++) yield return block[index];
        }
    }
}
